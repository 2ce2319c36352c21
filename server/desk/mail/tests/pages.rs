//! Replies as pages, in the shapes that mail programs and sites give them. Own samples: the structure is theirs, the words nobody wrote.

use mail::{
    quote::{self, Fresh},
    sanitise,
};

/// The program, and what stands below `<div>It works now.</div>`.
const PAGES: &[(&str, &str)] = &[
    (
        "Gmail",
        "<br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">Ana Lima &lt;<a href=\"mailto:ana@home.example\">ana@home.example</a>&gt; schrieb am Mo., 3. Feb. 2025, 10:12:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\"><div>did it work?</div></blockquote></div>",
    ),
    (
        "Apple Mail",
        "<div><br><blockquote type=\"cite\"><div>On 3 Feb 2025, at 10:12, Ana Lima &lt;<a href=\"mailto:ana@home.example\">ana@home.example</a>&gt; wrote:</div><br class=\"Apple-interchange-newline\"><div><div>did it work?</div></div></blockquote></div><br>",
    ),
    (
        "Apple Mail on a telephone, in French",
        "<div dir=\"ltr\"><br><blockquote type=\"cite\">Le 3 févr. 2025 à 10:12, Ana Lima &lt;ana@home.example&gt; a écrit :<br><br></blockquote></div><blockquote type=\"cite\"><div dir=\"ltr\">\u{feff}did it work?</div></blockquote>",
    ),
    (
        "Thunderbird",
        "<br><div class=\"moz-cite-prefix\">Am 03.02.2025 um 10:12 schrieb Ana Lima:<br></div><blockquote type=\"cite\" cite=\"mid:1@home.example\"><p>did it work?</p></blockquote>",
    ),
    (
        "Outlook on the web",
        "<div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font><b>From:</b> Ana Lima &lt;ana@home.example&gt;<br><b>Sent:</b> Monday, February 3, 2025 10:12 AM<br><b>To:</b> desk@shop.example<br><b>Subject:</b> Broken</font><div>&nbsp;</div></div><div>did it work?</div>",
    ),
    (
        "the new Outlook",
        "<div id=\"mail-editor-reference-message-container\"><br><div class=\"ms-outlook-mobile-reference-message skipProofing\"><b>Von: </b>Ana Lima<br><b>Datum: </b>Montag, 3. Februar 2025 um 10:12<br></div><div>did it work?</div></div>",
    ),
    (
        "Outlook for Windows",
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Von:</b> Ana Lima &lt;ana@home.example&gt; <br><b>Gesendet:</b> Montag, 3. Februar 2025 10:12<br><b>An:</b> desk@shop.example<br><b>Betreff:</b> Broken<o:p></o:p></p></div></div><p class=MsoNormal>did it work?<o:p></o:p></p>",
    ),
    (
        "Outlook for Windows, inches and three sides",
        "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal><b>From:</b> Ana Lima [mailto:ana@home.example] <br><b>Sent:</b> Monday, February 3, 2025 10:12 AM<br><b>To:</b> desk@shop.example<br><b>Subject:</b> Broken</p></div><p class=MsoNormal>did it work?</p>",
    ),
    (
        "Outlook Express",
        "<blockquote style=\"PADDING-RIGHT: 0px; BORDER-LEFT: #000000 2px solid\"><div style=\"FONT: 10pt arial\">----- Original Message ----- </div><div><b>From:</b> Ana Lima</div><div><b>To:</b> desk@shop.example</div><div><b>Sent:</b> Monday, February 03, 2025 10:12 AM</div><div><b>Subject:</b> Broken</div><div>did it work?</div></blockquote>",
    ),
    (
        "Yahoo",
        "<div><br></div><div id=\"ydp1yahoo_quoted_2\" class=\"ydp1yahoo_quoted\"><div><div>On Monday, February 3, 2025 at 10:12:33 AM GMT+1, Ana Lima &lt;ana@home.example&gt; wrote: </div><div><br></div><div>did it work?</div></div></div>",
    ),
    (
        "AOL",
        "<div style=\"font-family:arial\">-----Original Message-----<br>From: Ana Lima &lt;ana@home.example&gt;<br>To: desk@shop.example<br>Sent: Mon, Feb 3, 2025 10:12 am<br>Subject: Broken<br><br><div id=\"yiv123\">did it work?</div></div>",
    ),
    (
        "Proton",
        "<div class=\"protonmail_quote\">On Monday, February 3rd, 2025 at 10:12, Ana Lima &lt;ana@home.example&gt; wrote:<br><blockquote class=\"protonmail_quote\" type=\"cite\">did it work?</blockquote></div>",
    ),
    (
        "Tuta",
        "<br><div>3 Feb 2025, 10:12 by ana@home.example:<br></div><blockquote class=\"tutanota_quote\" style=\"border-left:1px solid #93A3B8\"><div>did it work?</div></blockquote>",
    ),
    (
        "Fastmail",
        "<div><br></div><div>On Mon, Feb 3, 2025, at 10:12 AM, Ana Lima wrote:<br></div><blockquote type=\"cite\" id=\"qt\" style=\"\"><div>did it work?</div></blockquote>",
    ),
    (
        "Zoho",
        "<div class=\"zmail_extra\" style=\"\"><div><br></div><div id=\"Zm-_Id_-Sgn1\">---- On Mon, 03 Feb 2025 10:12:00 +0100 <b>Ana Lima &lt;ana@home.example&gt;</b> wrote ---<br></div><blockquote><div>did it work?</div></blockquote></div>",
    ),
    (
        "GMX",
        "<div>&nbsp;<div name=\"quote\" style=\"margin:10px 5px;border-left:2px solid #C3D9E5\"><div style=\"margin:0 0 10px 0\"><b>Gesendet:</b>&nbsp;Montag, 3. Februar 2025 um 10:12 Uhr<br/><b>Von:</b>&nbsp;&quot;Ana Lima&quot; &lt;ana@home.example&gt;<br/><b>An:</b>&nbsp;desk@shop.example<br/><b>Betreff:</b>&nbsp;Broken</div><div name=\"quoted-content\">did it work?</div></div></div>",
    ),
    (
        "Zimbra",
        "<hr id=\"zwchr\" data-marker=\"__DIVIDER__\"><div data-marker=\"__HEADERS__\"><b>De: </b>\"Ana Lima\" &lt;ana@home.example&gt;<br><b>À: </b>desk@shop.example<br><b>Envoyé: </b>Lundi 3 Février 2025 10:12:00<br><b>Objet: </b>Broken<br></div><div data-marker=\"__QUOTED_TEXT__\">did it work?</div>",
    ),
    (
        "Roundcube",
        "<p id=\"reply-intro\">Am 03.02.2025 10:12, schrieb Ana Lima:</p><blockquote type=\"cite\" style=\"padding: 0 0.4em; border-left: #1010ff 2px solid\"><div>did it work?</div></blockquote>",
    ),
    (
        "Samsung",
        "<div><br></div><div align=\"left\" dir=\"auto\">-------- Original message --------</div><div align=\"left\" dir=\"auto\">From: Ana Lima &lt;ana@home.example&gt; </div><div align=\"left\" dir=\"auto\">Date: 03/02/2025 10:12 (GMT+01:00) </div><div align=\"left\" dir=\"auto\">To: desk@shop.example </div><div align=\"left\" dir=\"auto\">Subject: Broken </div><div>did it work?</div>",
    ),
    (
        "QQ",
        "<div><includetail><div>&nbsp;</div><div style=\"font:Verdana normal 14px;color:#000;\"><div style=\"FONT-SIZE: 12px\">------------------&nbsp;原始邮件&nbsp;------------------</div><div style=\"FONT-SIZE: 12px;background:#efefef;padding:8px;\"><div id=\"menu_sender\"><b>发件人:</b>&nbsp;\"Ana Lima\" &lt;ana@home.example&gt;;</div><div><b>发送时间:</b>&nbsp;2025年2月3日(星期一) 上午10:12</div><div><b>收件人:</b>&nbsp;\"desk\"&lt;desk@shop.example&gt;;</div><div><b>主题:</b>&nbsp;Broken</div></div><div>did it work?</div></div></includetail></div>",
    ),
    (
        "163.com",
        "<br><br><div style=\"position:relative\"></div><br><p>At 2025-02-03 10:12:00, \"Ana Lima\" &lt;ana@home.example&gt; wrote:</p><blockquote id=\"isReplyContent\" style=\"PADDING-LEFT: 1ex\"><div>did it work?</div></blockquote>",
    ),
    (
        "Mail.ru",
        "<br><br><blockquote style=\"border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;\">Понедельник, 3 февраля 2025, 10:12 +03:00 от Ana Lima &lt;<a href=\"mailto:ana@home.example\">ana@home.example</a>&gt;:<br><div>did it work?</div></blockquote>",
    ),
    (
        "Yandex",
        "<div> </div><div>03.02.2025, 10:12, \"Ana Lima\" &lt;ana@home.example&gt;:</div><blockquote><p>did it work?</p></blockquote>",
    ),
    (
        "Spark",
        "<div name=\"messageSignatureSection\"><br></div><div name=\"messageReplySection\">On 3 Feb 2025 at 10:12 +0100, Ana Lima &lt;ana@home.example&gt;, wrote:<br><blockquote type=\"cite\" class=\"spark_quote\" style=\"margin: 5px 5px; padding-left: 10px\"><div>did it work?</div></blockquote></div>",
    ),
    (
        "Front",
        "<br><blockquote type=\"cite\" class=\"front-blockquote\">On February 3, 2025 at 10:12 AM GMT+1 <a href=\"mailto:ana@home.example\">ana@home.example</a> wrote:<br><br><div>did it work?</div></blockquote>",
    ),
    (
        "Notes",
        "<br><br><font size=1 color=#5f5f5f>From: &nbsp; &nbsp;</font><font size=1>\"Ana Lima\" &lt;ana@home.example&gt;</font><br><font size=1 color=#5f5f5f>To: &nbsp; &nbsp;</font><font size=1>desk@shop.example</font><br><font size=1 color=#5f5f5f>Date: &nbsp; &nbsp;</font><font size=1>03/02/2025 10:12</font><br><font size=1 color=#5f5f5f>Subject: &nbsp; &nbsp;</font><font size=1>Broken</font><hr noshade><br>did it work?",
    ),
    (
        "eM Client",
        "<div><br></div><div>------ Original Message ------</div><div><span>From \"Ana Lima\" &lt;ana@home.example&gt;</span></div><div>To desk@shop.example</div><div>Date 03/02/2025 10:12:00</div><div>Subject Broken</div><div><br></div><div id=\"x1\"><blockquote cite=\"1@home.example\" type=\"cite\" class=\"cite2\"><div>did it work?</div></blockquote></div>",
    ),
    ("ours", "<div class=\"rc-reply-above-0123abcd\">-- reply above this line --</div><div>did it work?</div>"),
];

#[test]
fn what_is_quoted_is_folded_in_the_shapes_of_programs() {
    let mut wrong = vec![];
    for (program, below) in PAGES {
        let page = format!("<html><head><style>p{{}}</style></head><body><div>It works now.</div>{below}</body></html>");
        let text = mail::html::text(&page);
        for (way, halves) in [("the page alone", quote::split("", Some(&page))), ("text and page", quote::split(&text, Some(&page)))] {
            if halves.reply.trim() != "It works now." || !halves.quoted.unwrap_or_default().contains("did it work?") {
                wrong.push(format!("{program}, {way}: {:?}", halves.reply));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

/// What a copy shows of a page whose text goes on as `reply`.
fn copied(page: &str, reply: &str) -> Option<String> {
    let clean = sanitise::kept(page);
    let found = Fresh::find(&clean, &quote::split("", Some(page)).reply, reply)?;
    found.of(&clean).map(sanitise::kept)
}

#[test]
fn what_is_new_is_copied_as_it_was_laid_out_and_nothing_that_is_quoted() {
    let mut wrong = vec![];
    for (program, below) in PAGES {
        let page = format!("<body><div>It <b>works</b> now.<img src=\"cid:p@x\"></div>{below}<img src=\"cid:old@x\"></body>");
        let copy = copied(&page, "It *works* now. [image: p.png]").unwrap_or_default();
        let shows = copy.contains("It <b>works</b> now.<img src=\"cid:p@x\"");
        if !shows || ["did it", "Ana", "old@x", "blockquote"].iter().any(|quoted| copy.contains(quoted)) {
            wrong.push(format!("{program}: {copy}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn what_is_below_a_quote_is_copied_alone_and_a_page_without_one_whole() {
    let page = "<p>On 3 Feb 2025, at 10:12, Ana wrote:</p><blockquote><p>old words.</p></blockquote><p>new <b>words</b></p>";
    assert_eq!(copied(page, "new words").as_deref(), Some("<p>new <b>words</b></p>"));
    let page = "<table><tbody><tr><td>one “x”</td><td>two</td></tr></tbody></table><ul><li>three 👍 好</li></ul>";
    assert_eq!(copied(page, "one \"x\" two\n* three 👍 好").as_deref(), Some(page));
    assert_eq!(copied("<p><img src=\"cid:p@x\"></p>", "(no text)").as_deref(), Some("<p><img src=\"cid:p@x\"></p>"));
}

#[test]
fn words_that_stand_in_the_quote_too_are_not_taken_for_new() {
    let page = "<blockquote>Please look at the order</blockquote><p>ok</p>";
    assert_eq!(Fresh::find(page, "ok", "ok"), None);
    let page = "<blockquote>Please wait for the order</blockquote><p>ok <b>then</b></p>";
    let new = Fresh::find(page, "ok then", "ok then").and_then(|fresh| fresh.of(page)).expect("it stands there once");
    assert!(new.contains("<p>ok <b>then") && !new.contains("wait"), "{new}");
}

#[test]
fn a_page_that_says_more_than_the_text_is_not_copied() {
    assert_eq!(copied("<p>new</p><p>and a secret of earlier</p>", "new"), None);
    assert_eq!(copied("<p>new</p><table><tr><td>4711</td></tr></table>", "new"), None);
    assert_eq!(Fresh::find(&"<p>x</p>".repeat(100_000), "x", "x"), None, "nobody laid that out");
    let other: Fresh = serde_json::from_str("[2,3]").expect("as it is kept");
    assert_eq!(other.of("<p>abcd</p>"), None, "another page by now");
}
