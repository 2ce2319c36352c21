//! Whether a mail asks to confirm a forwarding (email.md C6): providers send such a mail to the address that a mailbox is to be
//! forwarded to, with a code or a link. Known by what it says, not by who sends it; what is found is shown to people, never opened.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::class::Class;

/// Text that is looked through.
const LONGEST: usize = 20_000;
/// Beginning of the text where a forwarding must be named, when the subject does not.
const BEGINNING: usize = 800;

/// Beginnings of words for forwarding mail, divided by `|`.
const FORWARDING: &str = "\
    forward|weiterleit|umleit|encaminh|reenv|reenví|redirec|redirig|réexpédi|transfér|transfert|inoltr|doorstu|doorgest|vidarebef|videresend|\
    przekaz|přepos|prepos|továbbít|переадрес|пересыл|пересил|препращ|yönlendir|προώθ|προωθ|edelleen|转发|轉寄|轉發|転送|전달|chuyển tiếp|\
    teruskan|ส่งต่อ|إعادة توجيه|העברה|email routing";
/// Beginnings of words for confirming.
const CONFIRMING: &str = "\
    confirm|verif|vérif|valid|approv|authori|autori|activat|accept|aceit|acept|accett|bestätig|bevestig|bekräft|bekreft|bekræft|potwierd|potvr|\
    megerős|подтвер|підтвер|потвърд|doğrula|onay|επιβεβα|vahvist|确认|確認|验证|驗證|認証|확인|인증|xác nhận|konfirm|ยืนยัน|تأكيد|אישור";
/// Words for mail: other things are forwarded and confirmed too.
const MAIL: &str = "mail|correo|courri|messag|mensa|e-post|post|poczt|pošt|почт|пошт|поща|邮件|郵件|メール|메일|thư|อีเมล|بريد|דוא";
/// Words beside a link that does something else.
const OTHER_LINK: &str = "\
    cancel|revoke|decline|reject|unsubscribe|not you|did not|didn|do not|don't|ignore|learn more|help|support|privacy|terms|ablehn|abmeld|abbrech|hilfe|\
    recus|rechaz|refus|rifiut|annul|annuler|ajuda|ayuda|aide|aiuto|descadast|отмен|справк|取消|ヘルプ|帮助";

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i:code|código|codigo|codice|koodi|kod|kód|код|κωδικ|代码|代碼|验证码|驗證碼|コード|코드)[^0-9]{0,60}?\b([0-9]{4,10})\b")
});
static CODE_IN_SUBJECT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(#([0-9]{4,12})\)"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https://[^\s<>"'\\]+"#));
static ANCHOR: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?is)<a\s[^>]*?href="(https://[^"]+)"[^>]*>(.{0,300}?)</a>"#));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// What a provider asks to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Confirmation {
    /// The mailbox to be forwarded, if the mail names it.
    pub account: Option<String>,
    /// A code to be typed in there.
    pub code: Option<String>,
    /// A link to be opened.
    pub link: Option<String>,
}

/// A mail as far as it is looked at.
pub(crate) struct Words<'a> {
    pub class: Class,
    pub from: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub html: Option<&'a str>,
    /// Our mail domain.
    pub domain: &'a str,
}

/// Finds the confirmation that a mail asks for.
pub(crate) fn find(words: &Words<'_>) -> Option<Confirmation> {
    let text = cut(words.text, LONGEST);
    let subject = folded(words.subject);
    let beginning = folded(cut(text, BEGINNING));
    let in_subject = has(&subject, FORWARDING) && has(&subject, CONFIRMING);
    let in_both = has(&format!("{subject}\n{beginning}"), FORWARDING) && has(&format!("{subject}\n{beginning}"), CONFIRMING);
    let by_machine = words.class == Class::Bulk && in_both;
    let by_somebody = words.class == Class::Human && in_subject && !is_answer(&subject);
    if !(by_machine || by_somebody) || !has(&format!("{subject}\n{beginning}"), MAIL) {
        return None;
    }
    let found = Confirmation { account: account(words, text), code: code(words.subject, text), link: link(text, words.html) };
    (found.code.is_some() || found.link.is_some()).then_some(found)
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace("look forward", "").replace("looking forward", "")
}

fn has(text: &str, list: &str) -> bool {
    list.split('|').any(|word| text.contains(word))
}

fn is_answer(subject: &str) -> bool {
    subject.split_once(':').is_some_and(|(prefix, _)| prefix.chars().count() <= 4)
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn account(words: &Words<'_>, text: &str) -> Option<String> {
    let ours = format!("@{}", words.domain.to_lowercase());
    let mut all =
        ADDRESS.find_iter(words.subject).chain(ADDRESS.find_iter(text)).map(|found| found.as_str().trim_matches('.').to_lowercase());
    all.find(|address| !address.ends_with(&ours) && !address.eq_ignore_ascii_case(words.from) && crate::address::is_valid(address))
}

fn code(subject: &str, text: &str) -> Option<String> {
    let plain = LINK.replace_all(text, " ");
    let found = CODE_IN_SUBJECT.captures(subject).or_else(|| CODE.captures(subject)).or_else(|| CODE.captures(&plain))?;
    Some(found[1].to_owned())
}

/// The first link that looks as if it confirmed something: of the text, by the words before it; else of the page, by its own words.
fn link(text: &str, html: Option<&str>) -> Option<String> {
    let in_text = LINK.find_iter(text).find_map(|found| {
        let before = text[..found.start()].trim_end();
        let line = before.rsplit('\n').next().unwrap_or_default();
        confirms(found.as_str(), line)
    });
    in_text.or_else(|| {
        let page = cut(html?, 20 * LONGEST);
        ANCHOR.captures_iter(page).find_map(|found| confirms(&found[1].replace("&amp;", "&"), &found[2]))
    })
}

fn confirms(link: &str, words: &str) -> Option<String> {
    let link = link.trim_end_matches(['.', ',', ';', ')', ']', '>']);
    let (host, path) = link.strip_prefix("https://")?.split_once('/')?;
    let other = has(&words.to_lowercase(), OTHER_LINK) || has(&link.to_lowercase(), "unsubscribe|privacy|/help|support.|/terms|cancel");
    // a name before an @ only looks like the host
    let honest = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':'));
    (honest && !other && (has_token(path) || has(&path.to_lowercase(), CONFIRMING)) && link.len() <= 2_000).then(|| link.to_owned())
}

/// A run of characters that nobody typed.
fn has_token(path: &str) -> bool {
    path.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '%'))
        .any(|run| run.len() >= 12 && run.bytes().any(|byte| byte.is_ascii_digit()) && run.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(class: Class, from: &str, subject: &str, text: &str, html: Option<&str>) -> Option<Confirmation> {
        find(&Words { class, from, subject, text, html, domain: "in.example.com" })
    }

    type Parts = (Option<String>, Option<String>, Option<String>);

    fn parts(found: Option<Confirmation>) -> Parts {
        found.map(|found| (found.account, found.code, found.link)).unwrap_or_default()
    }

    fn wanted(account: Option<&str>, code: Option<&str>, link: Option<&str>) -> Parts {
        (account.map(Into::into), code.map(Into::into), link.map(Into::into))
    }

    #[test]
    fn a_code_and_a_link_are_found_and_the_link_that_cancels_is_not_taken() {
        let text = "support@acme.example has asked to forward mail automatically to your address\nacme-k3v9q2m7xa@in.example.com.\n\
                    Confirmation code: 482913756\n\nTo allow this, please click the link below to confirm the request:\n\n\
                    https://mail-settings.provider.example/mail/vf-%5BANGjdJ8k2%5D-Xy7abc\n\n\
                    If you do not approve, click here to cancel:\nhttps://mail-settings.provider.example/mail/uf-%5BANGjdJ8k2%5D-Xy7abc\n\
                    More: https://support.provider.example/mail/answer184973abcdef\n";
        let found =
            of(Class::Bulk, "forwarding-noreply@provider.example", "(#482913756) Forwarding Confirmation - Receive Mail", text, None);
        assert_eq!(
            parts(found),
            wanted(
                Some("support@acme.example"),
                Some("482913756"),
                Some("https://mail-settings.provider.example/mail/vf-%5BANGjdJ8k2%5D-Xy7abc")
            )
        );
    }

    #[test]
    fn other_providers_and_languages_are_known_by_the_same_words() {
        let german = "Bitte bestätigen Sie die Weiterleitung Ihrer E-Mails von info@laden.example.\n\nIhr Code lautet:\n\n  719204\n";
        assert_eq!(
            parts(of(Class::Bulk, "noreply@post.example", "Weiterleitung bestätigen", german, None)),
            wanted(Some("info@laden.example"), Some("719204"), None)
        );
        let page = r#"<p>Olá</p><a style="x" href="https://mail.provider.example/verify?u=1&amp;t=9f8e7d6c5b4a">Confirmar</a> <a href="https://mail.provider.example/x/cancel9f8e7d6c5b4a">Cancelar</a>"#;
        assert_eq!(
            parts(of(Class::Human, "equipe@provider.example", "Confirme o encaminhamento de e-mails", "Olá\nConfirmar", Some(page))),
            wanted(None, None, Some("https://mail.provider.example/verify?u=1&t=9f8e7d6c5b4a"))
        );
        let japanese = "info@mise.example からのメール転送を確認してください。\n確認コード: 905512\n";
        assert_eq!(parts(of(Class::Bulk, "noreply@jp.example", "メール転送の確認", japanese, None)).1.as_deref(), Some("905512"));
    }

    #[test]
    fn what_speaks_of_other_things_is_none() {
        let link = "https://shop.example/confirm/9f8e7d6c5b4a";
        for (class, subject, text) in [
            (Class::Bulk, "Please confirm your booking by e-mail", format!("We are looking forward to seeing you. {link}")),
            (Class::Bulk, "Your sign-in code", "Your mail code: 123456".to_owned()),
            (Class::Human, "Fwd: Confirm the forwarding of mail", format!("What is this? {link}")),
            (Class::Human, "My order", format!("Please forward this e-mail and confirm it: {link}")),
            (Class::AutoReply, "Forwarding confirmation mail", format!("code 123456 {link}")),
            (Class::Bulk, "Mail forwarding confirmed", "It works now.".to_owned()),
        ] {
            assert_eq!(of(class, "noreply@x.example", subject, &text, None), None, "{subject}");
        }
    }

    #[test]
    fn a_link_that_hides_its_host_is_not_taken() {
        for link in
            ["https://provider.example@evil.example/confirm/9f8e7d6c5b4a", "https:///confirm/9f8e7d6c5b4a", "http://x.example/confirm/1"]
        {
            let found = of(Class::Bulk, "noreply@x.example", "Confirm mail forwarding", &format!("Code: 123456\n{link}"), None);
            assert_eq!(parts(found).2, None, "{link}");
        }
    }
}
