//! What makes seeded conversations found: their files, and the documents of the search, written without reading them again.

use std::collections::BTreeMap;

use model::{AttachmentId, PropertyId, contact::Contact, conversation::Kind, message::MessageKind};

use super::{
    rows::{Rows, Value},
    world::{Chance, Made},
};
use crate::{Result, clock::digest, db::Tx, search};

/// Writes them; the conversations and their messages are there. `number` is the first ticket's.
pub async fn write(
    tx: &mut Tx,
    sqlite: bool,
    property: &PropertyId,
    made: &[Made],
    contacts: &BTreeMap<String, Contact>,
    mut number: i64,
) -> Result<()> {
    let own = || Value::from(property.as_str());
    let mut blobs = Rows::of("blob", &["sha256", "size", "inline_bytes", "created_at"]);
    let mut files = Rows::of("attachment", &["property", "id", "message", "name", "media_type", "size", "sha256", "place", "created_at"]);
    let mut texts = Rows::of("search_file", &["property", "attachment", "waiting", "words"]);
    let mut all = vec![];
    for made in made {
        let contact = contacts.get(&made.line.contact.email).unwrap_or(&made.line.contact);
        let mut head = vec![made.line.subject.clone(), contact.name.clone(), contact.email.clone()];
        if made.line.kind == Kind::Ticket {
            head.push(number.to_string());
            number += 1;
        }
        let mut body: Vec<&str> =
            made.said.iter().filter(|said| said.kind != MessageKind::Happened).map(|said| said.text.as_str()).collect();
        if let Some((name, text)) = &made.file {
            let (said, size) = (&made.said[0], i64::try_from(text.len()).unwrap_or(0));
            // a file has the bits of its name: no other one is called so
            let bits = name.bytes().fold(11, |sum, byte| sum * 31 % 0xffff_fffb + u64::from(byte));
            let id = AttachmentId::from_bits(Chance::of(bits).bits(said.at));
            let sha256 = digest(text.as_bytes());
            blobs.push([sha256.as_str().into(), size.into(), Value::Bytes(text.clone().into_bytes()), said.at.0.into()]);
            files.push([
                own(),
                id.as_str().into(),
                said.id.as_str().into(),
                name.as_str().into(),
                "text/plain".into(),
                size.into(),
                sha256.into(),
                0.into(),
                said.at.0.into(),
            ]);
            texts.push([own(), id.as_str().into(), 0.into(), text.as_str().into()]);
            body.extend([name.as_str(), text.as_str()]);
        }
        all.push(search::Whole { conversation: &made.line.id, head, body });
    }
    for rows in [blobs, files, texts] {
        rows.write(tx).await?;
    }
    search::write_whole(tx, sqlite, property, &all).await
}
