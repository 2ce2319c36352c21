//! Replies and forwards in the languages of mail programs, in the shapes that those programs give them.
//! Own samples: words as programs show them, letters that nobody sent.

use mail::{forward, quote};

/// Words of one language: what stands above a forward in a window's and in a telephone's program, and the headers.
struct Words {
    language: &'static str,
    separators: &'static [&'static str],
    begins: &'static str,
    from: &'static str,
    date: &'static str,
    subject: &'static str,
    to: &'static str,
    cc: &'static str,
}

const fn words(
    language: &'static str,
    separators: &'static [&'static str],
    begins: &'static str,
    [from, date, subject, to, cc]: [&'static str; 5],
) -> Words {
    Words { language, separators, begins, from, date, subject, to, cc }
}

const LANGUAGES: [Words; 23] = [
    words("English", &["Forwarded message", "Forwarded Message"], "Begin forwarded message:", ["From", "Date", "Subject", "To", "Cc"]),
    words("Czech", &["Přeposlaná zpráva"], "Začátek přeposílané zprávy:", ["Od", "Datum", "Předmět", "Komu", "Kopie"]),
    words("Danish", &["Videresendt meddelelse"], "Start på videresendt besked:", ["Fra", "Dato", "Emne", "Til", "Cc"]),
    words(
        "German",
        &["Weitergeleitete Nachricht"],
        "Anfang der weitergeleiteten Nachricht:",
        ["Von", "Datum", "Betreff", "An", "Kopie (CC)"],
    ),
    words("Spanish", &["Mensaje reenviado"], "Inicio del mensaje reenviado:", ["De", "Fecha", "Asunto", "Para", "CC"]),
    words("Estonian", &["Edastatud kiri"], "Edastatud kirja algus:", ["Saatja", "Kuupäev", "Teema", "Saaja", "Koopia"]),
    words(
        "Finnish",
        &["Välitetty viesti", "Edelleenlähetetty viesti"],
        "Välitetty viesti alkaa:",
        ["Lähettäjä", "Päiväys", "Aihe", "Vastaanottaja", "Kopio"],
    ),
    words(
        "French",
        &["Message transféré", "Message transmis"],
        "Début du message réexpédié :",
        ["De ", "Date ", "Sujet ", "Pour ", "Copie à "],
    ),
    words("Croatian", &["Proslijeđena poruka"], "Započni proslijeđenu poruku:", ["Šalje", "Datum", "Naslov", "Prima", "Kopija"]),
    words("Hungarian", &["Továbbított üzenet"], "Továbbított levél kezdete:", ["Feladó", "Dátum", "Tárgy", "Címzett", "Másolatot kap"]),
    words("Italian", &["Messaggio inoltrato"], "Inizio messaggio inoltrato:", ["Da", "Data", "Oggetto", "A", "Cc"]),
    words("Dutch", &["Doorgestuurd bericht"], "Begin doorgestuurd bericht:", ["Van", "Datum", "Onderwerp", "Aan", "CC"]),
    words("Norwegian", &["Videresendt melding"], "Videresendt melding:", ["Fra", "Dato", "Emne", "Til", "Kopi"]),
    words("Polish", &["Przekazana wiadomość"], "Początek przekazywanej wiadomości:", ["Nadawca", "Data", "Temat", "Adresat", "DW"]),
    words("Portuguese", &["Mensagem reencaminhada"], "Início da mensagem reencaminhada:", ["De", "Data", "Assunto", "Para", "Cc"]),
    words("Brazilian", &["Mensagem encaminhada"], "Início da mensagem encaminhada:", ["De", "Enviado", "Assunto", "Para", "Cc"]),
    words("Romanian", &["Mesaj redirecționat"], "Începe mesajul redirecționat:", ["De la", "Dată", "Subiect", "Către", "Cc"]),
    words(
        "Russian",
        &["Пересланное сообщение", "Перенаправленное сообщение"],
        "Начало переадресованного сообщения:",
        ["От", "Дата", "Тема", "Кому", "Копия"],
    ),
    words("Slovak", &["Preposlaná správa"], "Začiatok preposlanej správy:", ["Od", "Dátum", "Predmet", "Komu", "Kópia"]),
    words("Swedish", &["Vidarebefordrat meddelande"], "Vidarebefordrat mejl:", ["Från", "Datum", "Ämne", "Till", "Kopia"]),
    words("Turkish", &["İletilmiş İleti", "İletilen Mesaj"], "İleti başlangıcı:", ["Kimden", "Tarih", "Konu", "Kime", "Bilgi"]),
    words(
        "Ukrainian",
        &["Переслане повідомлення", "Перенаправлене повідомлення"],
        "Початок листа, що пересилається:",
        ["Від", "Дата", "Тема", "Кому", "Копія"],
    ),
    words("Japanese", &["転送されたメッセージ", "転送メッセージ"], "転送されたメッセージ:", ["差出人", "日付", "件名", "宛先", "CC"]),
];

impl Words {
    /// The headers in an order (`f` from, `d` date, `s` subject, `t` to, `c` cc), each before and behind its own.
    fn headers(&self, order: &str, before: &str, behind: &str) -> String {
        let header = |field: char| {
            let (name, value) = match field {
                'f' => (self.from, "Ana Lima <ana@home.example>"),
                'd' => (self.date, "3 Feb 2025 10:12"),
                's' => (self.subject, "Broken"),
                't' => (self.to, "desk@shop.example"),
                _ => (self.cc, "Bo <bo@home.example>, c@home.example"),
            };
            format!("{before}{name}: {value}{behind}")
        };
        order.chars().map(header).collect()
    }

    /// The forward in each program's shape, by the name of the shape.
    fn shapes(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for separator in self.separators {
            for (shape, dashes, order) in [("mail site", 10, "fdstc"), ("window", 8, "sdftc"), ("short dashes", 5, "ftcds")] {
                let rule = "-".repeat(dashes);
                all.push((
                    format!("{shape}: {separator}"),
                    format!("{rule} {separator} {rule}\n{}\n\nIt broke.\n", self.headers(order, "", "\n")),
                ));
            }
            let one_line = format!("   ----- {separator} ----- {}\n It broke.\n", self.headers("ftcds", "", " "));
            all.push((format!("one line: {separator}"), one_line));
        }
        all.push(("telephone".into(), format!("> {}\n>\n{}>\n> It broke.\n", self.begins, self.headers("fsdtc", "> ", "\n"))));
        let bold = |order: &str| self.headers(order, "*", "\n").replace(": ", ":* ");
        all.push(("office".into(), format!("{}\nIt broke.\n", self.headers("fdtcs", "", "\n"))));
        all.push(("office, bold".into(), format!("________________________________\n{}\nIt broke.\n", bold("fdtcs"))));
        all
    }
}

#[test]
fn forwards_in_the_shapes_of_programs() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for language in &LANGUAGES {
        for (shape, forwarded) in language.shapes() {
            let found = forward::find("Fwd: Broken", &format!("please help her\n\n{forwarded}")).unwrap_or_default();
            let from = found.from.map(|from| (from.name.unwrap_or_default(), from.address)).unwrap_or_default();
            let list = |list: &[mail::Mailbox]| list.iter().map(|mailbox| mailbox.address.clone()).collect::<Vec<_>>().join(" ");
            let got = (from.0.as_str(), from.1.as_str(), found.subject.as_deref(), list(&found.to), list(&found.cc), found.text.as_str());
            let wanted = (
                "Ana Lima",
                "ana@home.example",
                Some("Broken"),
                "desk@shop.example".into(),
                "bo@home.example c@home.example".into(),
                "It broke.",
            );
            count += 1;
            if got != wanted || found.before != "please help her" {
                wrong.push(format!("{} {shape}: {got:?}, before {:?}", language.language, found.before));
            }
        }
    }
    println!("{} of {count} forwards", count - wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// How programs put "Ana wrote this then" above a quote.
const ATTRIBUTIONS: [&str; 109] = [
    "On Mon, Feb 3, 2025 at 10:12 AM Ana Lima <ana@home.example> wrote:",
    "On 3 Feb 2025, at 10:12, Ana Lima <ana@home.example> wrote:",
    "On 2025-02-03 10:12, Ana Lima wrote:",
    "On Monday, February 3rd, 2025 at 10:12, Ana Lima <ana@home.example> wrote:",
    "Ana Lima <ana@home.example> wrote:",
    "Am Mo., 3. Feb. 2025 um 10:12 Uhr schrieb Ana Lima <ana@home.example>:",
    "Am 03.02.2025 um 10:12 schrieb Ana Lima:",
    "Ana Lima <ana@home.example> schrieb am Mo., 3. Feb. 2025, 10:12:",
    "Le lun. 3 févr. 2025 à 10:12, Ana Lima <ana@home.example> a écrit :",
    "Le 03/02/2025 à 10:12, Ana Lima a écrit :",
    "Le 3 févr. 2025 à 10:12, Ana Lima <ana@home.example> a écrit :",
    "El lun, 3 feb 2025 a las 10:12, Ana Lima (<ana@home.example>) escribió:",
    "El 3 feb 2025, a las 10:12, Ana Lima <ana@home.example> escribió:",
    "El 03/02/2025 a las 10:12, Ana Lima escribió:",
    "Em seg., 3 de fev. de 2025 às 10:12, Ana Lima <ana@home.example> escreveu:",
    "Em 03/02/2025 10:12, Ana Lima escreveu:",
    "No dia 3 de fev. de 2025, às 10:12, Ana Lima <ana@home.example> escreveu:",
    "Ana Lima <ana@home.example> escreveu no dia segunda, 3/02/2025 à(s) 10:12:",
    "Il giorno lun 3 feb 2025 alle ore 10:12 Ana Lima <ana@home.example> ha scritto:",
    "Il 03/02/2025 10:12, Ana Lima ha scritto:",
    "Op ma 3 feb 2025 om 10:12 schreef Ana Lima <ana@home.example>:",
    "Op 3 feb. 2025, om 10:12 heeft Ana Lima <ana@home.example> het volgende geschreven:",
    "Den mån 3 feb. 2025 kl 10:12 skrev Ana Lima <ana@home.example>:",
    "3 feb. 2025 kl. 10:12 skrev Ana Lima <ana@home.example>:",
    "Den man. 3. feb. 2025 kl. 10.12 skrev Ana Lima <ana@home.example>:",
    "man. 3. feb. 2025 kl. 10:12 skrev Ana Lima <ana@home.example>:",
    "Den 3. feb. 2025 kl. 10.12 skrev Ana Lima <ana@home.example>:",
    "ma 3. helmik. 2025 klo 10.12 Ana Lima (ana@home.example) kirjoitti:",
    "Ana Lima kirjoitti 3.2.2025 klo 10.12:",
    "pon., 3 lut 2025 o 10:12 Ana Lima <ana@home.example> napisał(a):",
    "W dniu 03.02.2025 o 10:12, Ana Lima pisze:",
    "Wiadomość napisana przez Ana Lima <ana@home.example> w dniu 3 lut 2025, o godz. 10:12:",
    "po 3. 2. 2025 v 10:12 odesílatel Ana Lima <ana@home.example> napsal:",
    "Dne 03. 02. 25 v 10:12 Ana Lima napsal(a):",
    "po 3. 2. 2025 o 10:12 Ana Lima <ana@home.example> napísal(a):",
    "Ana Lima <ana@home.example> ezt írta (időpont: 2025. febr. 3., H, 10:12):",
    "2025. 02. 03. 10:12 keltezéssel, Ana Lima írta:",
    "În lun., 3 feb. 2025 la 10:12, Ana Lima <ana@home.example> a scris:",
    "Pe 3 feb. 2025, la 10:12, Ana Lima <ana@home.example> a scris:",
    "пн, 3 февр. 2025 г. в 10:12, Ana Lima <ana@home.example>:",
    "03.02.2025 10:12, Ana Lima пишет:",
    "3 февр. 2025 г., в 10:12, Ana Lima <ana@home.example> написал(а):",
    "пн, 3 лют. 2025 р. о 10:12 Ana Lima <ana@home.example> пише:",
    "Στις Δευ 3 Φεβ 2025 στις 10:12 π.μ., ο χρήστης Ana Lima <ana@home.example> έγραψε:",
    "Ana Lima <ana@home.example>, 3 Şub 2025 Pzt, 10:12 tarihinde şunu yazdı:",
    "3 Şub 2025 tarihinde 10:12 saatinde, Ana Lima <ana@home.example> şunları yazdı:",
    "pon, 3. velj 2025. u 10:12 Ana Lima <ana@home.example> napisao je:",
    "2025年2月3日(月) 10:12 Ana Lima <ana@home.example>:",
    "Ana Lima <ana@home.example> 于2025年2月3日周一 10:12写道\u{ff1a}",
    "2025년 2월 3일 (월) 오전 10:12, Ana Lima <ana@home.example>님이 작성:",
    "Vào Th 2, 3 thg 2, 2025 vào lúc 10:12 Ana Lima <ana@home.example> đã viết:",
    "Pada Sen, 3 Feb 2025 pukul 10.12 Ana Lima <ana@home.example> menulis:",
    // the programs of telephones, of windows, and of web sites that those above do not stand for
    "On Monday, February 3, 2025 at 10:12:33 AM GMT+1, Ana Lima <ana@home.example> wrote:",
    "On Mon, Feb 3, 2025, at 10:12 AM, Ana Lima wrote:",
    "On February 3, 2025, Ana Lima <ana@home.example> wrote:",
    "On Mon, Feb 03, 2025 at 10:12 AM, Ana Lima < ana@home.example > wrote:",
    "On 3 Feb 2025 at 10:12 +0100, Ana Lima <ana@home.example>, wrote:",
    "On 3 February 2025 at 10:12:33, Ana Lima (ana@home.example) wrote:",
    "On Monday, 3 February 2025 10:12:33 CET Ana Lima wrote:",
    "On Mon, 2025-02-03 at 10:12 +0100, Ana Lima wrote:",
    "On 03/02/2025, 10:12, \"Ana Lima\" <ana@home.example> wrote:",
    "On Monday, February 3, 2025 at 10:12:33 AM UTC+1 ana@home.example wrote:",
    "---- On Mon, 03 Feb 2025 10:12:00 +0530 Ana Lima <ana@home.example> wrote ----",
    "Quoting Ana Lima <ana@home.example>:",
    "Zitat von Ana Lima <ana@home.example>:",
    "Ana Lima <ana@home.example> writes:",
    "Am Montag, 3. Februar 2025 um 10:12:33 MEZ hat Ana Lima <ana@home.example> Folgendes geschrieben:",
    "Am Montag, 3. Februar 2025, 10:12:33 CET schrieb Ana Lima:",
    "Am Montag, dem 03.02.2025 um 10:12 +0100 schrieb Ana Lima:",
    "Am 2025-02-03 10:12, schrieb Ana Lima:",
    "Am 03.02.2025 um 10:12 schrieb Ana Lima <ana@home.example>:",
    "Ana Lima <ana@home.example> hat am 03.02.2025 10:12 CET geschrieben:",
    "Le lundi 3 février 2025 à 10:12:33 UTC+1, Ana Lima <ana@home.example> a écrit :",
    "Le lundi 03 février 2025 à 10:12 +0100, Ana Lima a écrit :",
    "Ana Lima <ana@home.example> a écrit :",
    "El lunes, 3 de febrero de 2025, 10:12:33 CET, Ana Lima <ana@home.example> escribió:",
    "El lun., 3 de febrero de 2025 10:12 a. m., Ana Lima <ana@home.example> escribió:",
    "Em segunda-feira, 3 de fevereiro de 2025 às 10:12:33 BRT, Ana Lima <ana@home.example> escreveu:",
    "Em 3 de fev. de 2025, à(s) 10:12, Ana Lima <ana@home.example> escreveu:",
    "Em 2025-02-03 10:12, Ana Lima escreveu:",
    "Em seg., 3 de fev. de 2025 10:12, Ana Lima <ana@home.example> escreveu:",
    "Citando Ana Lima <ana@home.example>:",
    "Il lunedì 3 febbraio 2025 alle ore 10:12:33 CET, Ana Lima <ana@home.example> ha scritto:",
    "Il giorno 3 feb 2025, alle ore 10:12, Ana Lima <ana@home.example> ha scritto:",
    "Op 03-02-2025 om 10:12 schreef Ana Lima:",
    "Op maandag 3 februari 2025 om 10:12:33 CET schreef Ana Lima <ana@home.example>:",
    "Den 03.02.2025 10:12, skrev Ana Lima:",
    "Den 2025-02-03 kl. 10:12, skrev Ana Lima:",
    "Dnia 3 lutego 2025 10:12 Ana Lima <ana@home.example> napisał(a):",
    "W dniu 3.02.2025 o\u{a0}10:12, Ana Lima pisze:",
    "03.02.2025 10:12 tarihinde Ana Lima yazdı:",
    "Понедельник, 3 февраля 2025, 10:12 +03:00 от Ana Lima <ana@home.example>:",
    "03.02.2025, 10:12, \"Ana Lima\" <ana@home.example>:",
    "На пн, 3.02.2025 г. в 10:12 Ana Lima <ana@home.example> написа:",
    "Στις 3/2/25 10:12, ο/η Ana Lima έγραψε:",
    "V pon., 3. feb. 2025 ob 10:12 je oseba Ana Lima <ana@home.example> napisala:",
    "2025-02-03, pr, 10:12 Ana Lima <ana@home.example> rašė:",
    "Kuupäev E, 3. veebruar 2025 kell 10:12 kirjutas Ana Lima <ana@home.example>:",
    "Missatge de Ana Lima <ana@home.example> del dia dl., 3 de febr. 2025 a les 10:12:",
    "\u{202b}בתאריך יום ב׳, 3 בפבר׳ 2025 ב-10:12 מאת \u{202a}Ana Lima\u{202c}\u{200f} <\u{202a}ana@home.example\u{202c}\u{200f}>:\u{202c}",
    "في الاثنين، 3 فبراير 2025 في 10:12 ص تمت كتابة ما يلي بواسطة Ana Lima <ana@home.example>:",
    "ในวันที่ จ. 3 ก.พ. 2025 เวลา 10:12 Ana Lima <ana@home.example> เขียนว่า:",
    "2025/02/03 10:12、Ana Lima <ana@home.example>のメール:",
    "2025年2月3日(月) 10:12、Ana Lima <ana@home.example>のメール:",
    "2025年2月3日 10:12 Ana Lima <ana@home.example>:",
    "在 2025年2月3日\u{ff0c}10:12\u{ff0c}Ana Lima <ana@home.example> 写道\u{ff1a}",
    "在 2025/2/3 10:12, Ana Lima 写道:",
    "Ana Lima <ana@home.example> 於 2025年2月3日 週一 上午10:12寫道\u{ff1a}",
    "2025. 2. 3. 오전 10:12, Ana Lima <ana@home.example> 작성:",
];

/// A long line as programs fold it, at blanks.
fn folded(line: &str, most: usize) -> String {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("one");
        if last.is_empty() {
            word.clone_into(last);
        } else if last.chars().count() + word.chars().count() < most {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

#[test]
fn attributions_in_the_languages_of_programs() {
    let mut wrong = Vec::new();
    for attribution in ATTRIBUTIONS {
        for (shape, body) in [
            ("marked", format!("It works now.\n\n{attribution}\n\n> did it work?\n> really?\n")),
            ("bare", format!("It works now.\n\n{attribution}\n\ndid it work?\nreally?\n")),
            ("below", format!("{attribution}\n> did it work?\n\nIt works now.\n")),
            ("folded", format!("It works now.\n\n{}\n> did it work?\n", folded(attribution, 50))),
        ] {
            let halves = quote::split(&body, None);
            if halves.reply != "It works now." {
                wrong.push(format!("{shape}: {attribution}: {:?}", halves.reply));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn header_blocks_in_the_languages_of_programs_end_a_reply() {
    let mut wrong = Vec::new();
    for language in &LANGUAGES {
        for (before, behind) in [("", "\n"), ("*", "\n")] {
            let headers = language.headers("fdts", before, behind);
            let headers = if before.is_empty() { headers } else { headers.replace(": ", ":* ") };
            let halves = quote::split(&format!("It works now.\n\n{headers}\nold words\n"), None);
            if halves.reply != "It works now." {
                wrong.push(format!("{}: {:?}", language.language, halves.reply));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What else stands above a quote: rules with words, and headers in the shapes of programs.
const HEADS: [&str; 14] = [
    "-------- Original message --------\nFrom: Ana Lima <ana@home.example>\nDate: 03/02/2025 10:12 (GMT+01:00)\nTo: desk@shop.example\nSubject: Broken",
    "------ Original Message ------\nFrom \"Ana Lima\" <ana@home.example>\nTo desk@shop.example\nDate 03/02/2025 10:12:00\nSubject Broken",
    "---------- Původní e-mail ----------\nOd: Ana Lima <ana@home.example>\nKomu: desk@shop.example\nDatum: 3. 2. 2025 10:12:00\nPředmět: Broken",
    "------- Original Message -------\nOn Monday, February 3rd, 2025 at 10:12 AM, Ana Lima <ana@home.example> wrote:",
    "Gesendet: Montag, 3. Februar 2025 um 10:12 Uhr\nVon: \"Ana Lima\" <ana@home.example>\nAn: desk@shop.example\nBetreff: Broken",
    "-----Ursprüngliche Nachricht-----\nVon: Ana Lima <ana@home.example>\nGesendet: Montag, 3. Februar 2025 10:12\nAn: desk@shop.example\nBetreff: Broken",
    "----- Ursprüngliche Mail -----\nVon: \"Ana Lima\" <ana@home.example>\nAn: desk@shop.example\nGesendet: Montag, 3. Februar 2025 10:12:00\nBetreff: Broken",
    "De : Ana Lima <ana@home.example>\nEnvoyé : lundi 3 février 2025 10:12\nÀ : desk@shop.example\nObjet : Broken",
    "De: Ana Lima <ana@home.example>\nEnviada em: segunda-feira, 3 de fevereiro de 2025 10:12\nPara: desk@shop.example\nAssunto: Broken",
    "De: Ana Lima <ana@home.example>\nEnviado el: lunes, 3 de febrero de 2025 10:12\nPara: desk@shop.example\nAsunto: Broken",
    "差出人: Ana Lima <ana@home.example>\n送信日時: 2025年2月3日 10:12\n宛先: desk@shop.example\n件名: Broken",
    "------------------ 原始邮件 ------------------\n发件人: \"Ana Lima\" <ana@home.example>;\n发送时间: 2025年2月3日(星期一) 上午10:12\n收件人: \"desk\"<desk@shop.example>;\n主题: Broken",
    "보낸 사람: Ana Lima <ana@home.example>\n보낸 날짜: 2025년 2월 3일 월요일 오전 10:12\n받는 사람: desk@shop.example\n제목: Broken",
    "Get Outlook for iOS<https://aka.example/o>\n________________________________\nFrom: Ana Lima <ana@home.example>\nSent: Monday, February 3, 2025 10:12:00 AM\nTo: desk@shop.example <desk@shop.example>\nSubject: Broken",
];

#[test]
fn heads_of_programs_end_a_reply() {
    let mut wrong = Vec::new();
    for head in HEADS {
        for (reply, body) in [
            ("It works now.", format!("It works now.\n\n{head}\n\ndid it work?\n")),
            ("It works now.\n\nThanks", format!("It works now.\n\nThanks\n\n\n{head}\n\n> did it work?\n\nreally?\n")),
        ] {
            let halves = quote::split(&body, None);
            if halves.reply != reply {
                wrong.push(format!("{head}: {:?}", halves.reply));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn what_people_write_stays() {
    let mut wrong = Vec::new();
    for body in [
        "Hi,\n\nOn Monday I called you at 10:12 and nobody answered:\nI waited for ten minutes.\n\nAna",
        "From: where does it come?\nTo: where does it go?\nI do not know.",
        "The steps are:\n\n1. Open it\n2. Close it\n\n-- and that is all --, nothing works",
        "Data: 03/02/2025\nO pedido não chegou.\n\nObrigada",
        "Am Montag um 10:12 Uhr war niemand da:\ndie Tür war zu.\n\nGruß",
        "Date of order: 3 Feb 2025\nNumber: 17\nThing: a lamp\n\nPlease send it to:\nAna Lima\nRua A 1",
        "She wrote:\n\nplease come at 10:12\n\nShall I?",
        "Le 3 février 2025 j'ai commandé une lampe :\nelle n'est pas arrivée.",
        "2025-02-03 10:12 the parcel left\n2025-02-04 08:00 the parcel came back\n\nWhy?",
        "Please change my address.\n\nFrom: Rua A 1, Porto\nTo: Rua B 2, Lisboa\n\nThanks",
    ] {
        let halves = quote::split(body, None);
        if halves.reply != body {
            wrong.push(format!("{body:?}: {:?}", halves.reply));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
