//! Answers as the common mail programs write them to a letter they received: their headers, their structure, their way to quote.
//! Written by hand after what such programs send; knows nothing of how Recado reads them.

use std::fmt::Write as _;

use data_encoding::BASE64_MIME;
use serde::Deserialize;

/// A letter as a customer's mail program understood it.
#[derive(Debug, Deserialize)]
pub struct Read {
    pub dkim: bool,
    pub message_id: String,
    pub in_reply_to: String,
    pub references: String,
    pub subject: String,
    pub from: String,
    pub reply_to: String,
    pub to: String,
    pub return_path: String,
    pub text: String,
    pub html: String,
}

/// What somebody answers, each paragraph a line.
pub struct Answer<'a> {
    pub read: &'a Read,
    pub from: &'a str,
    pub words: &'a str,
    /// Its Message-ID without brackets.
    pub id: &'a str,
}

/// A mail program.
pub type Client = fn(&Answer<'_>) -> String;

/// Each with its name, which is a mailbox too.
pub const CLIENTS: [(&str, Client); 6] = [
    ("thunderbird", thunderbird),
    ("thunderbird-html", thunderbird_html),
    ("outlook", outlook),
    ("gmail", gmail),
    ("apple", apple),
    ("phone", phone),
];

/// A picture of one dot.
pub const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

impl Answer<'_> {
    /// The headers that all have, `RE` being their mark of an answer.
    fn head(&self, mark: &str) -> String {
        let Self { read, from, id, .. } = self;
        let bare = read.subject.strip_prefix("Re: ").unwrap_or(&read.subject);
        let subject = format!("=?UTF-8?B?{}?=", data_encoding::BASE64.encode(format!("{mark} {bare}").as_bytes()));
        format!(
            "From: {from}\nTo: {}\nSubject: {subject}\nMessage-ID: <{id}>\nIn-Reply-To: {}\nReferences: {} {}\n\
             Date: Thu, 26 Nov 2026 15:40:12 +0000\nMIME-Version: 1.0\n",
            self.to(),
            read.message_id,
            read.references,
            read.message_id
        )
    }

    /// Whom it goes to, as the letter named them; a name of other letters is written as programs do.
    fn to(&self) -> String {
        let name = self.read.from.split(" <").next().unwrap_or_default().trim_matches('"');
        format!("=?UTF-8?B?{}?= <{}>", data_encoding::BASE64.encode(name.as_bytes()), self.read.reply_to)
    }

    fn paragraphs(&self, before: &str, after: &str) -> String {
        self.words.lines().map(|line| format!("{before}{line}{after}")).collect::<Vec<_>>().concat()
    }

    fn quoted(&self) -> String {
        self.read.text.lines().map(|line| format!("> {line}\n")).collect::<Vec<_>>().concat()
    }
}

fn base64(text: &str) -> String {
    BASE64_MIME.encode(text.replace('\n', "\r\n").as_bytes()).replace("\r\n", "\n")
}

/// Quoted-printable, without soft line ends inside of what is short.
fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width = 0;
        for byte in line.bytes() {
            if width > 70 {
                out.push_str("=\n");
                width = 0;
            }
            if (b' '..=b'~').contains(&byte) && byte != b'=' {
                out.push(char::from(byte));
                width += 1;
            } else {
                let _ = write!(out, "={byte:02X}");
                width += 3;
            }
        }
        out.push('\n');
    }
    out
}

/// Plain text that flows (RFC 3676), eight bits.
fn thunderbird(answer: &Answer<'_>) -> String {
    let mut flowing = String::new();
    for line in answer.words.lines() {
        // a long paragraph goes over several lines, all but the last with a blank at their end
        let mut width = 0;
        for word in line.split(' ') {
            if width + word.len() > 60 {
                flowing.push('\n');
                width = 0;
            }
            flowing.push_str(word);
            flowing.push(' ');
            width += word.len() + 1;
        }
        flowing.truncate(flowing.trim_end_matches(' ').len());
        flowing.push('\n');
    }
    format!(
        "{}User-Agent: Mozilla Thunderbird\nContent-Language: pt-BR, en-US\nContent-Type: text/plain; charset=UTF-8; format=flowed\n\
         Content-Transfer-Encoding: 8bit\n\n{flowing}\nOn 11/26/26 15:39, {} wrote:\n{}\n",
        answer.head("Re:"),
        answer.read.from.split(" <").next().unwrap_or_default().trim_matches('"'),
        answer.quoted()
    )
}

/// A page with its quote cited by id.
fn thunderbird_html(answer: &Answer<'_>) -> String {
    let page = format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\">\n  </head>\n  <body>\n{}\n\
         <div class=\"moz-cite-prefix\">Em 26/11/2026 15:39, {} escreveu:<br>\n    </div>\n    <blockquote type=\"cite\" cite=\"mid:{}\">\n{}\n</blockquote>\n    <br>\n  </body>\n</html>\n",
        answer.paragraphs("    <p>", "</p>\n"),
        answer.read.from.split(" <").next().unwrap_or_default().trim_matches('"'),
        answer.read.message_id.trim_matches(['<', '>']),
        answer.read.html
    );
    format!(
        "{}User-Agent: Mozilla Thunderbird\nContent-Type: text/html; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{page}",
        answer.head("Re:")
    )
}

/// Outlook for Windows: two forms in base64, the quote below a line with the headers of what it answers.
fn outlook(answer: &Answer<'_>) -> String {
    let Read { from, to, subject, text, html, .. } = answer.read;
    let sent = "quinta-feira, 26 de novembro de 2026 15:39";
    let plain = format!("{}\n\nDe: {from}\nEnviada em: {sent}\nPara: {to}\nAssunto: {subject}\n\n{text}\n", answer.words);
    let field = |name: &str, value: &str| format!("<b>{name}:</b> {}<br>", value.replace('<', "&lt;").replace('>', "&gt;"));
    let page = format!(
        "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:w=\"urn:schemas-microsoft-com:office:word\">\
         <head><meta name=Generator content=\"Microsoft Word 15 (filtered medium)\"><style><!-- p.MsoNormal {{margin:0cm; font-size:11.0pt;}} --></style></head>\
         <body lang=PT-BR link=\"#0563C1\" vlink=\"#954F72\"><div class=WordSection1>{}<p class=MsoNormal><o:p>&nbsp;</o:p></p>\
         <div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{}{}{}{}</p></div></div>\
         <p class=MsoNormal><o:p>&nbsp;</o:p></p>{html}</div></body></html>",
        answer.paragraphs("<p class=MsoNormal>", "<o:p></o:p></p>"),
        field("De", from),
        field("Enviada em", sent),
        field("Para", to),
        field("Assunto", subject),
    );
    format!(
        "{}X-Mailer: Microsoft Outlook 16.0\nThread-Topic: {}\nThread-Index: AdpfXk0y3Q2m0r7dQ1Gk0m3Jx5wY8A==\nContent-Language: pt-br\n\
         X-MS-Has-Attach:\nX-MS-TNEF-Correlator:\nContent-Type: multipart/alternative;\n\tboundary=\"_000_AM0PR01MB1234eurprd01prod_\"\n\n\
         --_000_AM0PR01MB1234eurprd01prod_\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n{}\n\
         --_000_AM0PR01MB1234eurprd01prod_\nContent-Type: text/html; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n{}\n\
         --_000_AM0PR01MB1234eurprd01prod_--\n",
        answer.head("RE:"),
        if subject.is_ascii() { subject.as_str() } else { "Encomenda" },
        base64(&plain),
        base64(&page)
    )
}

/// Gmail in the browser: the line above the quote wrapped in the text, the quote in its class.
fn gmail(answer: &Answer<'_>) -> String {
    let (name, address) = (answer.read.from.split(" <").next().unwrap_or_default().trim_matches('"'), &answer.read.reply_to);
    let plain = format!("{}\n\nOn Thu, Nov 26, 2026 at 3:39\u{202f}PM {name} <\n{address}> wrote:\n\n{}", answer.words, answer.quoted());
    let page = format!(
        "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Thu, Nov 26, 2026 at 3:39\u{202f}PM {name} \
         &lt;<a href=\"mailto:{address}\">{address}</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid \
         rgb(204,204,204);padding-left:1ex\">{}</blockquote></div>\n",
        answer.paragraphs("<div>", "</div>"),
        answer.read.html
    );
    format!(
        "{}Content-Type: multipart/alternative; boundary=\"0000000000007d3b1c0628a1f0c2\"\n\n--0000000000007d3b1c0628a1f0c2\n\
         Content-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: base64\n\n{}\n--0000000000007d3b1c0628a1f0c2\n\
         Content-Type: text/html; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n{}\n--0000000000007d3b1c0628a1f0c2--\n",
        answer.head("Re:"),
        base64(&plain),
        quoted_printable(&page)
    )
}

/// Mail on a Mac: the quote in both forms, a picture amid the page.
fn apple(answer: &Answer<'_>) -> String {
    let (name, address) = (answer.read.from.split(" <").next().unwrap_or_default().trim_matches('"'), &answer.read.reply_to);
    let said = format!("On 26 Nov 2026, at 15:39, {name} <{address}> wrote:");
    let plain = format!("{}\n\n> {said}\n> \n{}\n", answer.words, answer.quoted());
    let page = format!(
        "<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"></head><body style=\"overflow-wrap: break-word; -webkit-nbsp-mode: space; \
         line-break: after-white-space;\">{}<img alt=\"dot.png\" src=\"cid:4D2A-dot@apple.example\"><br id=\"lineBreakAtBeginningOfMessage\"><div><br><blockquote type=\"cite\">\
         <div>{}</div><br class=\"Apple-interchange-newline\"><div>{}</div></blockquote></div><br></body></html>\n",
        answer.paragraphs("<div>", "</div>"),
        said.replace('<', "&lt;").replace('>', "&gt;"),
        answer.read.html
    );
    format!(
        "{}X-Mailer: Apple Mail (2.3826.400.131.1.6)\nContent-Type: multipart/alternative;\n\tboundary=\"Apple-Mail=_0B1F\"\n\n\n--Apple-Mail=_0B1F\n\
         Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain;\n\tcharset=utf-8\n\n{}\n--Apple-Mail=_0B1F\nContent-Type: multipart/related;\n\
         \ttype=\"text/html\";\n\tboundary=\"Apple-Mail=_7C2E\"\n\n\n--Apple-Mail=_7C2E\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/html;\n\tcharset=utf-8\n\n{}\n\
         --Apple-Mail=_7C2E\nContent-Transfer-Encoding: base64\nContent-Disposition: inline;\n\tfilename=dot.png\nContent-Type: image/png;\n\tx-unix-mode=0644;\n\tname=\"dot.png\"\n\
         Content-Id: <4D2A-dot@apple.example>\n\n{DOT}\n--Apple-Mail=_7C2E--\n\n--Apple-Mail=_0B1F--\n",
        answer.head("Re:"),
        quoted_printable(&plain),
        quoted_printable(&page)
    )
}

/// Mail on a phone: a signature before the quote, and no References.
fn phone(answer: &Answer<'_>) -> String {
    let whole = apple(answer).replace("X-Mailer: Apple Mail (2.3826.400.131.1.6)", "X-Mailer: iPhone Mail (22B83)");
    let without: Vec<&str> = whole.lines().filter(|line| !line.starts_with("References: ")).collect();
    let whole = without.join("\n") + "\n";
    // in both forms
    whole.replacen("\n\n> On 26 Nov", "\n\nSent from my iPhone\n\n> On 26 Nov", 1).replacen(
        "<br id=3D\"lineBreakAtBeginningOfMessage\">",
        "<br id=3D\"lineBreakAtBeginningOfMessage\"><div dir=3D\"ltr\">Sent from my iPhone</div>",
        1,
    )
}
