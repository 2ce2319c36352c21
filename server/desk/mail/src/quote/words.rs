//! The words that mail programs put around a quote, in the languages we know: header names, "wrote", "forwarded", "original message".
//! Only lists and lookups; what follows from a word is decided elsewhere.

use std::{collections::HashMap, sync::LazyLock};

/// A field of the small header block above a quoted or forwarded mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    From,
    To,
    Cc,
    Date,
    Subject,
    Other,
}

const FROM: &str = "\
    from|de|da|von|van|fra|från|lähettäjä|od|odesílatel|odosielateľ|nadawca|feladó|küldő|\
    expeditor|expeditorul|de la|отправитель|от|від|відправник|подател|kimden|gönderen|saatja|\
    sūtītājs|no|nuo|siuntėjas|šalje|pošiljatelj|πρόγραμμα αποστολέα|από|αποστολέας|发件人|寄件者|寄件人|\
    差出人|送信者|보낸 사람|보낸사람|từ|người gửi|dari|daripada|จาก|من|מאת|از|remitente|remetente|mittente|\
    afzender|absender|expéditeur|afsender|avsändare|avsender|a partir de|mula|prejme od|送信元|보낸이|pošiljalac|продавач|απο";
const TO: &str = "\
    to|à|a|para|an|aan|til|till|vastaanottaja|komu|do|adresat|címzett|destinatarul|către|catre|\
    кому|получатель|до|kime|alıcı|saaja|kellele|kam|kam:|adresāts|kas|prima|za|prejemnik|pre|\
    προς|收件人|收件者|宛先|받는 사람|받는사람|đến|tới|kepada|untuk|ถึง|إلى|אל|به|destinatario|destinatário|\
    destinataire|pour|empfänger|ontvanger|modtager|mottagare|mottaker|per|príjemca|примач|одержувач";
const CC: &str = "\
    cc|kopio|kopie|kopi|kopia|kópia|kopija|копия|копія|копие|dw|do wiadomości|másolat|\
    másolatot kap|bilgi|抄送|副本|cópia|copia|copie|copie à|κοιν|κοινοποίηση|koopia|참조|tembusan|\
    đồng gửi|สำเนา|نسخة|עותק|kk|c.c|con copia|con copia a|csm|bcc|cci|cco|ccn|bilgi (cc)";
const DATE: &str = "\
    date|sent|sent at|sent on|data|datum|fecha|enviado|enviado el|enviado em|enviada|enviada em|\
    envoyé|envoyé le|gesendet|gesendet am|verzonden|inviato|inviato il|dato|sendt|skickat|\
    skickat den|lähetetty|päivämäärä|päiväys|pvm|odesláno|odoslané|dátum|elküldve|küldve|\
    küldés dátuma|wysłano|wysłane|dată|trimis|trimise|data trimiterii|дата|отправлено|надіслано|\
    изпратено|tarih|gönderildi|gönderme tarihi|kuupäev|saadetud|datums|nosūtīts|išsiųsta|\
    poslano|poslato|ημερομηνία|στάλθηκε|发送时间|日期|时间|寄件日期|傳送時間|送信日時|日時|日付|날짜|보낸 날짜|ngày|đã gửi|\
    tanggal|dikirim|terkirim|tarikh|วันที่|ส่ง|التاريخ|تاريخ الإرسال|תאריך|נשלח|تاریخ|dag|\
    fecha de envío|data d'invio|відправлено|датум|vreme|vrijeme";
const SUBJECT: &str = "\
    subject|sujet|objet|betreff|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|předmět|predmet|\
    tárgy|temat|subiect|subiectul|тема|относно|konu|teema|temats|tēma|tema|naslov|zadeva|θέμα|\
    主题|主旨|件名|제목|chủ đề|tiêu đề|perihal|subjek|เรื่อง|الموضوع|נושא|موضوع|assumpte|asunte|gaia|\
    efni";
const OTHER: &str = "\
    reply-to|reply to|répondre à|réponse à|antwort an|responder a|rispondi a|risposta|\
    beantwoorden|antwoord aan|odpowiedz do|importance|priority|attachments|attachment|anlagen|\
    adjuntos|anexos|allegati|pièces jointes|bijlagen|wichtigkeit|priorität|importancia|\
    prioridad|prioridade|importância|importanza|organization|mailed-by|signed-by|resent-from|\
    svar til|svar till|odpovědět komu|odgovori na|válaszcím|vastaus|odp.-do|răspuns către|odpovedať|yanıt|ответить|кому відповісти|返信先|vastausosoite|відповісти|обратный адрес|yanıt adresi|message-id|list-id";

/// Lower case; without the dot that a Turkish capital I leaves behind.
fn folded(text: &str) -> String {
    text.to_lowercase().replace('\u{307}', "")
}

/// The lists are one text each, divided by `|`.
fn is_one_of(list: &str, word: &str) -> bool {
    list.split('|').any(|known| known == word)
}

/// The field that a header name stands for, in any of the languages.
pub(crate) fn field(name: &str) -> Option<Field> {
    if name.is_empty() || name.chars().count() > 30 {
        return None;
    }
    let name = folded(name);
    // `Kopie (CC)`: the same twice.
    let name = name.split_once(" (").map_or(name.as_str(), |(name, _)| name);
    FIELDS.get(name).copied()
}

/// The names of headers with what they mean; a word of two lists means what the first of them says.
static FIELDS: LazyLock<HashMap<&str, Field>> = LazyLock::new(|| {
    let lists =
        [(FROM, Field::From), (TO, Field::To), (CC, Field::Cc), (DATE, Field::Date), (SUBJECT, Field::Subject), (OTHER, Field::Other)];
    lists.into_iter().rev().flat_map(|(names, field)| names.split('|').map(move |name| (name, field))).collect()
});

/// "Wrote", as it ends or divides an attribution line. Lower case.
pub(crate) const WROTE: &str = "\
    wrote|writes|a écrit|a ecrit|écrit|schrieb|geschrieben|schreibt|escribió|escribio|\
    ha escrito|escreveu|ha scritto|scrive|schreef|geschreven|skrev|skriver|har skrevet|\
    kirjoitti|napisał(a)|napisał|napisała|napisana przez|pisze|napsal(a)|napsal|napsala|píše|napísal(a)|\
    napísal|napísala|írta|ezt írta|a scris|je napisao|napisao|napisao/la|napisao(la)|\
    je napisao/la|napisala|je napisala|napisal|je napisal|написал(а)|написал|написала|пишет|\
    писал|писал(а)|пишеш|пише|написав|написав(ла)|написа|напісаў|έγραψε|γράφει|yazdı|şunu yazdı|\
    şunları yazdı|كتب|كتبت|כתב|כתבה|כתב/ה|نوشت|写道|寫道|撰寫|写了|のメール|書きました|님이 작성|작성|썼습니다|đã viết|\
    menulis|เขียน|kirjutas|rakstīja|rašė|parašė|va escriure|ha escrit|escribiu|idatzi du|\
    ने लिखा|skrifaði|geskryf|scríobh|ysgrifennodd|ayaa qoray";

/// Words of the line above a forwarded mail. Lower case, stems.
const FORWARDED: &str = "\
    forwarded|fwd|weitergeleitet|transféré|transfere|transmis|réexpédi|inoltrat|reenviad|reencaminhad|\
    encaminhad|remetid|doorgestuurd|vidarebefordr|videresend|videresendt|fremsendt|välitet|\
    edelleenläh|przekaz|przesłan|přepos|předáv|preposl|továbbít|redirec|retransm|proslijeđ|\
    proslijed|posredova|preusmer|пересл|переадрес|перенаправ|пересыл|пересил|препрат|прослеђ|переслан|\
    iletil|ileti başlangıcı|yönlendir|προωθ|转发|轉寄|轉發|転送|전달|chuyển tiếp|diteruskan|\
    dimajukan|edastat|pārsūt|persiųst|הועבר|מועבר|محول|معاد توجيه|áframsend|reenviat|birraldi|\
    ส่งต่อ|doorgezonden";

/// Words of the line above a quoted mail. Lower case.
const ORIGINAL: &str = "\
    original message|original appointment|ursprüngliche nachricht|originalnachricht|\
    original-nachricht|message d'origine|message d’origine|message original|mensaje original|\
    mensagem original|messaggio originale|messaggio original|oorspronkelijk bericht|\
    origineel bericht|oprindelig meddelelse|original meddelelse|oprindelig besked|\
    opprinnelig melding|originalmeddelande|ursprungligt meddelande|ursprungligt brev|\
    alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|pôvodná správa|\
    eredeti üzenet|mesaj original|mesajul original|исходное сообщение|оригинальное сообщение|\
    пересылаемое сообщение|початкове повідомлення|оригінальне повідомлення|оригинално съобщение|\
    orijinal mesaj|özgün ileti|αρχικό μήνυμα|原始邮件|原始郵件|原邮件|元のメッセージ|원본 메시지|원본 메일|thư gốc|\
    pesan asli|mesej asal|izvorna poruka|originalna poruka|izvorno sporočilo|\
    originalus pranešimas|algne kiri|algne sõnum|sākotnējais ziņojums|الرسالة الأصلية|\
    ההודעה המקורית|הודעה מקורית|پیام اصلی|missatge original|mensaxe orixinal|jatorrizko mezua|\
    reply message|ข้อความต้นฉบับ|oryginalny list";

/// Whether a short line speaks of a forwarded mail.
pub(crate) fn is_forwarded(line: &str) -> bool {
    let line = folded(line);
    FORWARDED.split('|').any(|stem| line.contains(stem))
}

/// Whether a short line speaks of an original message.
pub(crate) fn is_original(line: &str) -> bool {
    let line = folded(line);
    ORIGINAL.split('|').any(|words| line.contains(words))
}

/// Prefixes of a forwarded mail's subject. Lower case, without the colon.
const FORWARD_PREFIX: &str = "\
    fw|fwd|wg|tr|enc|rv|i|vs|vb|vl|pd|redir|redir.|doorst|dw|fs|továbbítás|továbbítva|прт|\
    пересл|препр|προώθ|πρθ|轉寄|转发|轉發|转|転送|전달|trs|reenv|reenviado|inoltro|inoltrata|ilt|\
    ynt iletildi|yml|rvi|tov|fyi|edast|ff|fwd.|fw.|proslijeđeno|prosleđeno|posredovano|pārsūtīt|persiųsti|edasi|redirecționat|chuyển tiếp|diteruskan|přeposlané|הועבר|إعادة توجيه|pren|videresendt|\
    vidarebefordrat";

/// Whether a subject is that of a forwarded mail (`Fwd:`, `WG:`, `[Fwd: …]`).
pub(crate) fn is_forward_subject(subject: &str) -> bool {
    let subject = folded(subject.trim().trim_start_matches('['));
    subject.split_once([':', '\u{ff1a}']).is_some_and(|(prefix, _)| is_one_of(FORWARD_PREFIX, prefix.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_are_known_in_many_languages() {
        assert_eq!(field("Von"), Some(Field::From));
        assert_eq!(field("Päivämäärä"), Some(Field::Date));
        assert_eq!(field("件名"), Some(Field::Subject));
        assert_eq!(field("Kopie (CC)"), Some(Field::Cc));
        assert_eq!(field("Alıcı"), Some(Field::To));
        assert_eq!(field("Hello"), None);
    }

    #[test]
    fn a_forward_is_seen_by_its_subject() {
        for subject in ["Fwd: a", "WG: a", "TR : a", "[Fwd: a]", "转发\u{ff1a}a"] {
            assert!(is_forward_subject(subject), "{subject}");
        }
        for subject in ["Re: Fwd: a", "Order: 5", "a"] {
            assert!(!is_forward_subject(subject), "{subject}");
        }
    }
}
