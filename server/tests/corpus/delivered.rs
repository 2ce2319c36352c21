//! What the server made of each delivered mail: its row, its message and the files as an agent opens them. Knows nothing of what was wanted.

use std::collections::HashMap;

use sqlx::Row as _;

use crate::{
    Sample,
    process::{Recado, browser::Browser},
};

/// A file of a message.
#[derive(Clone, Debug)]
pub struct File {
    pub id: String,
    pub name: String,
    pub media_type: String,
    pub cid: Option<String>,
    pub inline: bool,
    /// As it comes to who opens it; empty where nothing is expected of it.
    pub bytes: Vec<u8>,
}

/// A mail after it was filed; what is in no ticket has only its row.
#[derive(Debug, Default)]
pub struct Delivered {
    pub status: String,
    pub class: String,
    pub from: String,
    pub subject: String,
    /// Whether it is in a conversation.
    pub filed: bool,
    /// Subject of its ticket.
    pub title: String,
    /// Address of its ticket's contact.
    pub contact: String,
    /// Who speaks, as JSON.
    pub author: String,
    pub text: String,
    pub quoted: String,
    pub html: Option<String>,
    /// Addresses of To and Cc, as JSON.
    pub reached: String,
    pub files: Vec<File>,
}

/// All of them, in the order of the samples.
pub async fn of(recado: &Recado, browser: &Browser, samples: &[Sample]) -> Vec<Delivered> {
    let files = files(recado).await;
    let mut all: Vec<Delivered> = samples.iter().map(|_| Delivered::default()).collect();
    let query = "select l.mail_from, l.status, l.class, l.header_from, l.subject, l.message, m.body, m.quoted, m.html, m.author, m.reached, \
                 c.subject as title, k.email from letter_in l left join message m on m.property = l.property and m.id = l.message \
                 left join conversation c on c.property = m.property and c.id = m.conversation \
                 left join contact k on k.property = c.property and k.id = c.contact";
    for row in recado.rows(query).await {
        let text = |name: &str| row.get::<Option<String>, _>(name).unwrap_or_default();
        let place = text("mail_from").split('@').next().and_then(|local| local.rsplit_once('.')).map(|(_, place)| place.to_owned());
        let place: usize = place.and_then(|place| place.parse().ok()).expect("a place");
        all[place] = Delivered {
            status: text("status"),
            class: text("class"),
            from: text("header_from"),
            subject: text("subject"),
            filed: row.get::<Option<String>, _>("body").is_some(),
            title: text("title"),
            contact: text("email"),
            author: text("author"),
            text: text("body"),
            quoted: text("quoted"),
            html: row.get("html"),
            reached: text("reached"),
            files: files.get(&text("message")).cloned().unwrap_or_default(),
        };
    }
    for (sample, mail) in samples.iter().zip(&mut all) {
        if ["zammad/zammad", "TestData/tnef"].iter().any(|set| sample.path.to_string_lossy().contains(set)) {
            for file in &mut mail.files {
                file.bytes = browser.bytes(&format!("/attachments/{}", file.id)).await.expect("the file");
            }
        }
    }
    all
}

/// Files of all messages, by message.
async fn files(recado: &Recado) -> HashMap<String, Vec<File>> {
    let mut all: HashMap<String, Vec<File>> = HashMap::new();
    let query =
        "select id, message, name, media_type, cid, inline_at from attachment where message is not null order by message, place, id";
    for row in recado.rows(query).await {
        let file = File {
            id: row.get("id"),
            name: row.get("name"),
            media_type: row.get("media_type"),
            cid: row.get("cid"),
            inline: row.get::<Option<i64>, _>("inline_at").is_some(),
            bytes: vec![],
        };
        all.entry(row.get("message")).or_default().push(file);
    }
    all
}
