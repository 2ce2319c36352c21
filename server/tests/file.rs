//! Files over HTTP: who gets one by its id, and who by the link in a letter; and that a browser does nothing with it but keep it.

mod common;

use app::print::{Entry, Sheet, Words};
use axum::http::{Method, StatusCode};
use common::{Answer, World};
use desk::Agent;
use model::{
    AttachmentId, ConversationId, Language, MessageId, PropertyId,
    agent::Role,
    export::Export,
    ticket::{ReplyForm, TicketForm},
};
use pdf_extract::{Document, PlainTextOutput, output_doc_page};

const HTML: &str = "<script>alert(1)</script>";

/// A file of any kind is saved, never opened in the page it came from.
fn is_inert(answer: &Answer) {
    assert!(answer.header("content-disposition").starts_with("attachment; "), "{}", answer.header("content-disposition"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("allow-"), "{policy}");
    assert!(answer.header("cache-control").starts_with("private"), "{}", answer.header("cache-control"));
    assert!(answer.header("set-cookie").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_is_for_agents_of_its_property() {
    let (world, founder) = World::with_founder().await;
    let agent = world.invite(&founder, "Rui", Role::Agent).await;
    let (in_b, _) = world.second_property(&founder, "B").await;
    let stranger = world.invite(&in_b, "Olga", Role::Admin).await;
    let file = world.agent(&agent).await.attach("page \"é\"; x.html", "text/html", HTML.into()).await.expect("a file").id;
    let form = TicketForm {
        email: "ana@example.com".into(),
        subject: "Hello".into(),
        text: "See the file".into(),
        attachments: vec![file.clone()],
        ..TicketForm::default()
    };
    world.agent(&agent).await.open_ticket(form.check().expect("a form")).await.expect("opened");
    let path = format!("/attachments/{file}");
    for token in [&agent, &founder] {
        let answer = world.get(&path, Some(token)).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, HTML));
        assert!(!answer.header("content-type").contains("html"), "{}", answer.header("content-type"));
        let disposition = answer.header("content-disposition");
        assert!(disposition.contains("filename=\"page __") && disposition.contains("filename*=UTF-8''page"), "{disposition}");
        is_inert(&answer);
    }
    let nothing = world.get(&format!("/attachments/{}", AttachmentId::new()), Some(&stranger)).await;
    for token in [&stranger, &in_b] {
        let foreign = world.get(&path, Some(token)).await;
        assert_eq!((foreign.status, &foreign.text), (StatusCode::NOT_FOUND, &nothing.text), "as if it were not there");
    }
    let signed_out = world.get(&path, None).await;
    assert_eq!(signed_out.status, StatusCode::UNAUTHORIZED);
    assert!(!signed_out.text.contains("alert"));
    assert_eq!(world.get(&path, Some("nobodys-token")).await.status, StatusCode::UNAUTHORIZED);
    for wrong in ["x", "..", "%2e%2e%2fsecret", &file.to_string().to_uppercase()] {
        assert_eq!(world.get(&format!("/attachments/{wrong}"), Some(&agent)).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_shown_in_place_and_nothing_that_only_says_so() {
    let (world, founder) = World::with_founder().await;
    let agent = world.agent(&founder).await;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    let picture = agent.attach("dot.png", "image/png", png).await.expect("a file").id;
    let answer = world.get(&format!("/attachments/{picture}"), Some(&founder)).await;
    assert!(answer.header("content-disposition").starts_with("inline; ") && answer.header("content-type") == "image/png");
    assert!(answer.header("content-security-policy").contains("sandbox") && answer.header("x-content-type-options") == "nosniff");
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    for (name, kind, bytes) in [("a.svg", "image/svg+xml", drawing), ("b.png", "image/png", HTML), ("c.pdf", "application/pdf", HTML)] {
        let file = agent.attach(name, kind, bytes.into()).await.expect("a file").id;
        is_inert(&world.get(&format!("/attachments/{file}"), Some(&founder)).await);
    }
}

/// A GIF of one dot.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Brings a picture as a browser without a script does; gives the answer and where it leads.
async fn bring(world: &World, token: &str, from: &str, bytes: &[u8]) -> (StatusCode, String) {
    let head = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"me.gif\"\r\ncontent-type: image/gif\r\n\r\n";
    let body = [&head[..], bytes, b"\r\n--x--\r\n"].concat();
    let cookie = format!("recado={token}");
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", from), ("content-type", "multipart/form-data; boundary=x")];
    let answer = world.ask(Method::POST, "/account/picture", &headers, body).await;
    (answer.status, answer.header("location").to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_comes_by_a_plain_form_and_is_shown_to_who_knows_its_name() {
    let (world, founder) = World::with_founder().await;
    assert_eq!(bring(&world, "nobodys-token", "same-origin", DOT).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(bring(&world, &founder, "cross-site", DOT).await.0, StatusCode::FORBIDDEN);
    assert!(!world.get("/account", Some(&founder)).await.text.contains("/pictures/"));
    assert_eq!(bring(&world, &founder, "same-origin", DOT).await, (StatusCode::SEE_OTHER, "/account?done=picture".into()));
    let agent = world.agent(&founder).await;
    let name = agent.roster().await.expect("a roster").people.agents[0].picture.clone().expect("a name");
    let page = world.get("/account?done=picture", Some(&founder)).await.text;
    assert!(page.contains(&format!("src=\"/pictures/{name}\"")) && page.contains("Saved") && page.contains("Remove picture"));
    // the same under its name, for whoever knows it, asked for again after a day; and nothing else than a picture
    let shown = world.get(&format!("/pictures/{name}"), None).await;
    assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(shown.header("cache-control"), "private, max-age=86400, immutable");
    assert_eq!((shown.header("x-content-type-options"), shown.header("cross-origin-resource-policy")), ("nosniff", "cross-origin"));
    assert!(shown.header("content-security-policy").contains("sandbox") && shown.header("set-cookie").is_empty());
    let large = vec![b'x'; 11 << 20];
    let barely = vec![b'x'; (10 << 20) + 1];
    for (bytes, says) in [
        (&b"hello"[..], "This is no picture that can be read here."),
        (b"", "Please fill this in."),
        (&large, "Larger than 10 MB or 25 megapixels."),
        (&barely, "Larger than 10 MB or 25 megapixels."),
    ] {
        let (status, back) = bring(&world, &founder, "same-origin", bytes).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let page = world.get(&back, Some(&founder)).await.text;
        let field = page.split("id=\"picture-file\"").nth(1).expect("the field");
        assert!(field.split('>').next().is_some_and(|field| field.contains("aria-invalid=\"true\"")), "{back}");
        assert!(field.contains(says) && page.contains(&name), "{back}");
    }
    agent.remove_picture().await.expect("taken away");
    for gone in [name.as_str(), "x", "..", "%2e%2e%2fsecret"] {
        let answer = world.get(&format!("/pictures/{gone}"), Some(&founder)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::NOT_FOUND, "no-store"), "{gone}");
    }
    assert!(!world.get("/account", Some(&founder)).await.text.contains("Remove picture"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_in_a_letter_is_the_permission_and_opens_one_file() {
    let (world, founder) = World::with_founder().await;
    let agent = world.agent(&founder).await;
    let (in_b, other) = world.second_property(&founder, "B").await;
    let mut large = b"<html>".to_vec();
    large.resize(16 << 20, b' ');
    let file = agent.attach("page.html", "text/html", large).await.expect("a file").id;
    let beside = agent.attach("beside.txt", "text/plain", b"beside".to_vec()).await.expect("a file").id;
    let form = TicketForm {
        email: "ana@example.com".into(),
        subject: "Hello".into(),
        text: "See the files".into(),
        attachments: vec![file.clone(), beside.clone()],
        ..TicketForm::default()
    };
    agent.open_ticket(form.check().expect("a form")).await.expect("opened");
    while world.desk.follow_mail().await.expect("followed") {}
    let letters = agent.list_letters_out(None, "ana@example.com").await.expect("letters");
    let text = agent.read_letter(letters[0].state.id.clone()).await.expect("the letter").text;
    let link = text.split("/files/").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    let parts: Vec<&str> = link.split('/').collect();
    let (property, id, token) = (parts[0], parts[1], parts[2]);
    assert_eq!(id, file.as_str());
    // whoever has the letter: signed out, of another property, or signed in here
    for session in [None, Some(&in_b), Some(&founder)] {
        let answer = world.get(&format!("/files/{link}"), session.map(String::as_str)).await;
        assert_eq!((answer.status, answer.text.len()), (StatusCode::OK, 16 << 20));
        assert_eq!(answer.header("content-type"), "application/octet-stream");
        assert!(answer.header("content-disposition").contains("filename=\"page.html\""));
        is_inert(&answer);
    }
    // the signature is for this file of this property alone
    let changed = format!("{}{}", &token[..token.len() - 1], if token.ends_with('a') { "b" } else { "a" });
    for wrong in [
        format!("{property}/{id}/{changed}"),
        format!("{property}/{id}/{}", token.to_uppercase()),
        format!("{property}/{id}/x"),
        format!("{property}/{beside}/{token}"),
        format!("{other}/{id}/{token}"),
        format!("{}/{id}/{token}", PropertyId::new()),
        format!("{property}/{}/{token}", MessageId::new()),
        format!("{property}/x/{token}"),
    ] {
        for session in [None, Some(&founder)] {
            let answer = world.get(&format!("/files/{wrong}"), session.map(String::as_str)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
            assert!(!answer.text.contains("<html>   "), "{wrong}");
        }
    }
    assert_eq!(world.get(&format!("/files/{property}/{id}"), Some(&founder)).await.status, StatusCode::NOT_FOUND);
}

/// A ticket with a file, 120 answers, and a note at its end.
async fn long_ticket(agent: &Agent, name: &str, subject: &str, text: &str) -> ConversationId {
    let file = agent.attach("açaí.txt", "text/plain", b"one\ntwo".to_vec()).await.expect("a file").id;
    let form = TicketForm {
        name: name.into(),
        email: "joao@example.com".into(),
        subject: subject.into(),
        text: text.into(),
        attachments: vec![file],
        ..TicketForm::default()
    };
    let id = agent.open_ticket(form.check().expect("a form")).await.expect("opened");
    for n in 0..120 {
        let words = ReplyForm { text: format!("Step {n}"), ..ReplyForm::default() };
        agent.reply(id.clone(), words.check().expect("words")).await.expect("said");
    }
    let note = ReplyForm { text: "A secret of ours".into(), ..ReplyForm::default() };
    agent.note(id.clone(), note.check().expect("words")).await.expect("noted");
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_handed_out_whole_as_json_and_what_was_said_as_a_mail() {
    let (world, founder) = World::with_founder().await;
    let agent = world.agent(&founder).await;
    let id = long_ticket(&agent, "João مرحبا", "Café ☕ <b>", "Hello **you** <script>alert(1)</script>").await;
    let json = world.get(&format!("/export/{id}.json"), Some(&founder)).await;
    is_inert(&json);
    assert!(json.header("content-disposition").contains("ticket-1.json"), "{}", json.header("content-disposition"));
    let export: Export = serde_json::from_str(&json.text).expect("JSON");
    assert_eq!((export.format.as_str(), export.subject.as_str(), export.earlier), ("recado.conversation.1", "Café ☕ <b>", false));
    assert_eq!(export.contact.name, "João مرحبا");
    let said: Vec<&str> = export.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!((said.len(), said[1], said[121]), (122, "Step 0", "A secret of ours"));
    let eml = world.get(&format!("/export/{id}.eml"), Some(&founder)).await;
    is_inert(&eml);
    let read = mail::understand(eml.text.as_bytes(), &mail::Own::default()).expect("a mail");
    assert_eq!(read.subject, "[#1] Café ☕ <b>");
    assert!(read.text.contains("Step 119") && !read.text.contains("A secret"), "{}", read.text);
    assert_eq!(
        read.attachments.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect::<Vec<_>>(),
        [("açaí.txt", &b"one\ntwo"[..])]
    );
    for wrong in [format!("{id}"), format!("{id}.doc"), "x.json".into(), ".json".into()] {
        assert_eq!(world.get(&format!("/export/{wrong}"), Some(&founder)).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    // the plain page has all of it, and nothing in it is obeyed
    let page = world.get(&format!("/print/{id}"), Some(&founder)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Step 119") && page.text.contains("A secret of ours") && page.text.contains("Café ☕ &lt;b&gt;"));
    assert!(!page.text.contains("<script>alert"));
    let bare = world.get(&format!("/print/{id}?notes=0"), Some(&founder)).await;
    assert!(bare.text.contains("Step 119"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_handed_out_on_numbered_pages() {
    let (world, founder) = World::with_founder().await;
    let agent = world.agent(&founder).await;
    let id = long_ticket(&agent, "João Conceição", "Заказ опаздывает", "Olá **João**, où est-il? 注文 🎉").await;
    for path in [format!("/export/{id}.pdf"), format!("/export/{id}.pdf?notes=0")] {
        let answer = world.get(&path, Some(&founder)).await;
        is_inert(&answer);
        assert!(answer.text.starts_with("%PDF-") && answer.header("content-type") == "application/pdf", "{}", answer.text.len());
        assert!(answer.header("content-disposition").contains("ticket-1.pdf"), "{}", answer.header("content-disposition"));
    }
    assert_eq!(world.get(&format!("/export/{id}.pdf"), None).await.status, StatusCode::UNAUTHORIZED);
    let read = async |bare: bool| {
        let (thread, roster, _) = agent.export_thread(id.clone()).await.expect("handed out");
        let bytes = server::pdf::of(&Sheet::of(thread, &roster, bare)).expect("a file");
        pdf_extract::extract_text_from_mem(&bytes).expect("the text of it")
    };
    let whole = read(false).await;
    for words in
        ["#1 Заказ опаздывает", "João Conceição joao@example.com", "Olá João, où est-il?", "🎉", "açaí.txt (7 B)", "Step 0", "Step 119"]
    {
        assert!(whole.contains(words), "{words}: {whole}");
    }
    assert!(whole.contains("internal note") && whole.contains("A secret of ours") && whole.contains("□ stands for each"), "{whole}");
    assert!(whole.contains("Page 1 of ") && whole.contains("Page 5 of "), "{whole}");
    let bare = read(true).await;
    assert!(bare.contains("Step 119") && !bare.contains("A secret"));
}

/// Whatever is in it, of whatever length: made in a moment, and of a size that is bounded and said.
#[test]
fn a_pdf_is_bounded_and_takes_any_words() {
    let words = |text: String| {
        let rendered = String::new();
        Entry::Words(Words { who: "X".into(), note: None, at: String::new(), text, rendered, quoted: None, files: vec![] })
    };
    let sheet = |entries| Sheet {
        language: Language::English,
        property: "Acme".into(),
        title: "T\u{202e}itle \0 ".repeat(200),
        facts: vec![],
        earlier: true,
        entries,
    };
    let any: String = (0..0x0001_1000_u32).step_by(97).filter_map(char::from_u32).collect();
    let odd =
        ["", " ", "\n\n", "\u{301}", "\u{200d}\u{fe0f}", "a\u{0}b", "שלום (x) 12 عالم", "👩‍👩‍👧", &"x".repeat(5_000), &" ".repeat(5_000), &any];
    let read = |bytes: &[u8]| pdf_extract::extract_text_from_mem(bytes).expect("the text of it");
    let text = read(&server::pdf::of(&sheet(odd.map(|text| words(text.to_owned())).into())).expect("a file"));
    assert!(text.contains("Page 1 of "), "{text}");
    let endless = words("\n".repeat(70_000));
    let bytes = server::pdf::of(&sheet(vec![endless])).expect("a file");
    let document = Document::load_mem(&bytes).expect("a PDF");
    assert_eq!(document.get_pages().len(), 1_000);
    let mut first = String::new();
    output_doc_page(&document, &mut PlainTextOutput::new(&mut first), 1).expect("the text of it");
    assert!(first.contains("Page 1 of 1000") && first.contains("ends after 1000 pages") && first.contains("earlier messages"), "{first}");
}
