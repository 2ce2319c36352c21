//! Signatures: what stands below `-- `, and what telephones add ("Sent from my …") in many languages.
//! They are folded away with the quote, never lost.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// A line longer than this is no device's signature.
const LONGEST: usize = 160;
/// A signature below `-- ` is not longer than this.
const MOST_LINES: usize = 25;
/// Below a long rule only this much counts as a signature.
const MOST_LINES_BELOW_RULE: usize = 4;

/// Names of devices and mail programs, in lower case.
static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) i-?phone | i-?pad | i-?pod | ipados | \bios\b | android | blackberry | galaxy | samsung | huawei | xiaomi | pixel | nokia | htc | \bmobil | mobile | handy | smart-?phone | telefon | téléphone | telefone | teléfono | celular | móvil | cellulare | \bcell\b | \bphone\b | tablet | mailbox | outlook | windows | \bmail\b | thunderbird | proton | gmail | yahoo | airmail | sparrow | spark | k-9 | aquamail | телефон | смартфон | устройств | пристро | 手机 | 手機 | スマート | 휴대",
    )
    .expect("a constant pattern")
});

/// "Sent from", as it starts (or ends) the line.
static SENT: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?i)^\W*(?:sent|send|posted|composed) (?:from|by|via|with|using|on) ",
        r"(?i)^\W*(?:envoyé|envoye|enviado|enviada|inviato|verzonden|verstuurd|gesendet|sendt|skickat|skickad|lähetetty|wysłane|wysłano|odesláno|odoslané|poslano|poslato|trimis|küldve|elküldve|saadetud|отправлено|надіслано|изпратено|στάλθηκε|dikirim|enviat|bidalia|đã gửi|נשלח) ",
        r"(?i)^\W*(?:von|vom) mein\w* .{2,60} gesendet\W*$",
        r"(?i)^\W*diese (?:nachricht|mail|e-mail) wurde .{2,90} (?:gesendet|verschickt)\W*$",
        r"(?i)\w+ (?:gönderildi|üzerinden gönderildi|から送信|에서 보냄|에서 보냈습니다)\W*$|から送信|에서 보냄",
        r"(?i)^\W*(?:从|從|发自|發自|寄自).{2,40}",
        r"(?i)^\W*(?:get|téléchargez|télécharger|obtenez|obtenir|holen sie sich|laden sie|descargar|descarga|obtener|obtén|obter|baixe|transfira|scarica|ottieni|download|hent|hämta|skaffa|hanki|pobierz|stáhnout|stiahnuť|скачать|получить|завантажити) \[?outlook\b",
        r"(?i)^(?:\S+ )?from (?:my |a |his |her )?(?:\S+ ){0,2}\S+$",
    ])
    .expect("constant patterns")
});

/// Whether a line is what a device or program adds by itself.
pub(crate) fn is_sent_from(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST || line.ends_with('?') {
        return false;
    }
    let matched = SENT.matches(line);
    if matched.matched(6) {
        return true;
    }
    if !matched.matched_any() {
        return false;
    }
    // The thing is named before the first comma; behind it come excuses.
    let named = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let named = named.split([',', ';', '.', '!']).next().unwrap_or(named);
    DEVICE.is_match(named) || (matched.matched(0) && is_a_name(named))
}

/// `Sent from my TI-85`: what is named is written as a name.
fn is_a_name(named: &str) -> bool {
    let words: Vec<&str> =
        named.split_whitespace().skip(2).skip_while(|word| matches!(word.to_lowercase().as_str(), "my" | "a" | "the")).collect();
    words.len() <= 6 && words.first().is_some_and(|word| word.chars().any(|c| c.is_uppercase() || c.is_numeric()))
}

/// Where a signature below `-- ` starts among the lines (those that are still kept), if one does.
pub(crate) fn start(lines: &[&str]) -> Option<usize> {
    let mut below = lines.iter().filter(|line| !line.trim().is_empty()).count();
    let mut has_text_above = false;
    let mut fenced = false;
    for (at, line) in lines.iter().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        let bare = line.trim_end();
        let is_empty = bare.is_empty();
        below -= usize::from(!is_empty);
        let is_dashes = matches!(bare, "--" | "—" | "――" | "__");
        let is_long_rule = bare.len() >= 5 && bare.bytes().all(|c| c == b'_');
        let is_short = (is_dashes && below <= MOST_LINES) || (is_long_rule && below <= MOST_LINES_BELOW_RULE);
        if is_short && has_text_above && !fenced {
            return Some(at);
        }
        has_text_above |= !is_empty;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_telephones_add_is_known() {
        for line in [
            "Sent from my iPhone",
            "Sent from my Nokia 3310",
            "Sent from my ZX-81",
            "Von meinem iPad gesendet",
            "Gesendet von Mail für Windows",
            "Envoyé de mon iPhone",
            "Enviado do meu iPhone",
            "Enviado desde mi móvil",
            "Inviato da iPhone",
            "Отправлено с iPhone",
            "iPhone’umdan gönderildi",
            "iPhoneから送信",
            "发自我的iPhone",
            "Get Outlook for Android<https://aka.example/x>",
        ] {
            assert!(is_sent_from(line), "{line}");
        }
        for line in [
            "Sent from my garden, where I read on my phone.",
            "Sent by post yesterday",
            "I sent it from my iPhone, did you get it?",
            "Gesendet wurde nichts",
        ] {
            assert!(!is_sent_from(line), "{line}");
        }
    }

    #[test]
    fn a_signature_stands_below_two_dashes() {
        assert_eq!(start(&["Hi", "", "-- ", "Ana"]), Some(2));
        assert_eq!(start(&["-- ", "Ana"]), None);
        assert_eq!(start(&["a", "----", "b"]), None);
    }
}
