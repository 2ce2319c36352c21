//! What tawk.to says of chats and tickets, in its exports and in the bodies of its webhooks (developer.tawk.to/webhooks). Generous with
//! what fields are called, strict with what cannot be told: it is refused with the field's name. Pure.

use desk::history::{Past, Said, Voice};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use model::{Moment, address::EmailAddress, conversation::Kind};
use serde_json::{Map, Value};

/// Whoever of the team has no name there.
const TEAM: &str = "tawk.to";
/// Under which names a file keeps its list.
const LISTS: [&str; 7] = ["chats", "tickets", "conversations", "transcripts", "items", "results", "data"];
const TIMES: [&str; 6] = ["time", "createdOn", "createdAt", "created", "timestamp", "date"];
const TEXTS: [&str; 6] = ["msg", "text", "message", "body", "content", "description"];
const PEOPLE: [&str; 4] = ["sender", "author", "from", "user"];

type Fields = Map<String, Value>;

/// Something in a file with its place there; or why it cannot be told.
pub type Item = (String, Result<Value, String>);

/// Why something is not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is nothing that anybody said.
    Left(&'static str),
    /// A field is not as it has to be.
    Field(String, &'static str),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Left(why) => f.write_str(why),
            Self::Field(field, why) => write!(f, "`{field}` {why}"),
        }
    }
}

fn wrong<T>(field: &str, why: &'static str) -> Result<T, Wrong> {
    Err(Wrong::Field(field.to_owned(), why))
}

/// What stands in a file, each with its place there: a list, a list under a name, one thing, or one behind the other.
pub fn items(bytes: &[u8]) -> Vec<Item> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut all = vec![];
    for (n, value) in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>().enumerate() {
        match value {
            Ok(Value::Array(list)) => all.extend(listed("", list)),
            Ok(Value::Object(mut fields)) if !is_one(&fields) => {
                let before = all.len();
                for name in LISTS {
                    if let Some(Value::Array(list)) = fields.get_mut(name) {
                        all.extend(listed(name, std::mem::take(list)));
                    }
                }
                if all.len() == before && !LISTS.iter().any(|name| fields.contains_key(*name)) {
                    all.push((format!("#{}", n + 1), Ok(Value::Object(fields))));
                }
            }
            Ok(value) => all.push((format!("#{}", n + 1), Ok(value))),
            // what follows it cannot be told from it
            Err(error) => all.push((format!("#{}", n + 1), Err(format!("this is no JSON: {error}")))),
        }
    }
    all
}

fn listed(name: &str, list: Vec<Value>) -> impl Iterator<Item = Item> {
    list.into_iter().enumerate().map(move |(n, value)| (format!("{name}[{n}]"), Ok(value)))
}

fn is_one(fields: &Fields) -> bool {
    ["event", "messages", "chat", "ticket"].iter().any(|name| fields.contains_key(*name))
}

/// A conversation.
pub fn conversation(value: &Value) -> Result<Past, Wrong> {
    let Some(outer) = value.as_object() else { return wrong("", "is no object") };
    let inner = |name: &str| outer.get(name).and_then(Value::as_object);
    match (text(outer, &["event"]).as_str(), inner("chat"), inner("ticket")) {
        ("chat:start" | "chat:end", ..) => Err(Wrong::Left("the transcript of the chat holds all of it")),
        (_, Some(own), _) => chat(own, outer),
        (_, _, Some(own)) => ticket(own, outer),
        _ if text(outer, &["type"]) == "ticket" => ticket(outer, outer),
        _ if text(outer, &["type"]) == "chat" => chat(outer, outer),
        _ if ["humanId", "subject", "requester"].iter().any(|name| outer.contains_key(*name)) => ticket(outer, outer),
        _ if outer.contains_key("messages") => chat(outer, outer),
        _ => wrong("event", "tells neither of a chat nor of a ticket"),
    }
}

fn chat(own: &Fields, outer: &Fields) -> Result<Past, Wrong> {
    let id = some(text(own, &["id", "_id", "chatId"])).or_else(|| some(text(outer, &["chatId"])));
    let Some(id) = id else { return wrong("chat.id", "is missing") };
    let visitor = object(own, outer, &["visitor", "requester"]);
    let place = object(own, outer, &["location"]);
    let Some(messages) = own.get("messages").and_then(Value::as_array) else { return wrong("chat.messages", "is no list") };
    let country = some(text(&place, &["countryCode", "country"])).unwrap_or_else(|| text(&visitor, &["countryCode", "country"]));
    Ok(Past {
        key: format!("tawk:chat:{id}"),
        kind: Kind::Chat,
        subject: String::new(),
        name: named(text(&visitor, &["name", "n"])),
        email: text(&visitor, &["email"]),
        phone: text(&visitor, &["phone"]),
        country: (country.len() == 2 && country.bytes().all(|c| c.is_ascii_alphabetic())).then(|| country.to_uppercase()),
        page: some(text(own, &["page", "pageUrl", "url"])).unwrap_or_else(|| text(outer, &["page", "pageUrl", "url"])),
        said: all_said("chat.messages", messages, "")?,
    })
}

fn ticket(own: &Fields, outer: &Fields) -> Result<Past, Wrong> {
    let Some(id) = some(text(own, &["id", "_id", "ticketId", "humanId"])) else { return wrong("ticket.id", "is missing") };
    let requester = object(own, outer, &["requester", "visitor", "customer"]);
    let email = text(&requester, &["email"]);
    if email.is_empty() {
        return wrong("requester.email", "is missing");
    }
    if email.parse::<EmailAddress>().is_err() {
        return wrong("requester.email", "is no e-mail address");
    }
    let mut said = vec![];
    for name in ["messages", "replies", "comments"] {
        if let Some(Value::Array(list)) = own.get(name) {
            said.extend(all_said(&format!("ticket.{name}"), list, &email)?);
        }
    }
    let first = with_files(own, text(own, &TEXTS));
    if !first.is_empty() && !said.iter().any(|known| known.text == first) {
        let at = moment(own, &TIMES).or_else(|| moment(outer, &TIMES));
        let Some(at) = at else { return wrong("ticket.time", "is missing, or no time") };
        said.insert(0, Said { at, by: Voice::Customer, text: first, noted: false });
    }
    let subject = some(text(own, &["subject", "title"]));
    let begins = || said.first().map(|first| first.text.lines().next().unwrap_or_default().chars().take(80).collect());
    Ok(Past {
        key: format!("tawk:ticket:{id}"),
        kind: Kind::Ticket,
        subject: subject.or_else(begins).unwrap_or_default(),
        name: named(text(&requester, &["name", "n"])),
        email,
        phone: text(&requester, &["phone"]),
        country: None,
        page: String::new(),
        said,
    })
}

/// What a list of messages says. What the program itself said is left out; the customer is known by the address as well.
fn all_said(list: &str, messages: &[Value], email: &str) -> Result<Vec<Said>, Wrong> {
    let mut all = vec![];
    for (n, message) in messages.iter().enumerate() {
        let place = |field: &str| format!("{list}[{n}].{field}");
        let Some(message) = message.as_object() else { return wrong(&place(""), "is no object") };
        let Some(sender) = PEOPLE.iter().find_map(|name| message.get(*name)?.as_object()) else {
            return wrong(&place("sender"), "is missing");
        };
        let their = text(sender, &["email"]);
        let by = match text(sender, &["t", "type", "role"]).to_lowercase().as_str() {
            "s" | "system" | "bot" => continue,
            "v" | "visitor" | "requester" | "customer" => Voice::Customer,
            _ if !their.is_empty() && their.eq_ignore_ascii_case(email) => Voice::Customer,
            "a" | "agent" => Voice::Team { name: some(text(sender, &["n", "name"])).unwrap_or_else(|| TEAM.to_owned()), email: their },
            _ => return wrong(&place("sender.t"), "is neither `v`, `a` nor `s`"),
        };
        let Some(at) = moment(message, &TIMES) else { return wrong(&place("time"), "is missing, or no time") };
        let noted = matches!(text(message, &["type"]).as_str(), "note" | "whisper") || message.get("private") == Some(&Value::Bool(true));
        all.push(Said { at, by, text: with_files(message, text(message, &TEXTS)), noted });
    }
    Ok(all)
}

/// Words with the addresses of their files, which stay where they are.
fn with_files(fields: &Fields, words: String) -> String {
    let lists = ["attchs", "attachments", "files"].iter().filter_map(|name| fields.get(*name)?.as_array()).flatten();
    let links = lists.filter_map(|file| {
        let file = file.get("content").unwrap_or(file);
        let file = file.get("file").unwrap_or(file).as_object()?;
        let (name, url) = (text(file, &["name", "fileName"]), some(text(file, &["url", "link"]))?);
        Some(if name.is_empty() { url } else { format!("{name}: {url}") })
    });
    some(words).into_iter().chain(links).collect::<Vec<_>>().join("\n")
}

/// The names that tawk.to makes up for visitors who gave none are none: `V` and a long number.
fn named(name: String) -> String {
    let made_up = name.strip_prefix('V').is_some_and(|rest| rest.len() >= 8 && rest.bytes().all(|c| c.is_ascii_digit()));
    if made_up { String::new() } else { name }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The first field of these names that says something.
fn text(fields: &Fields, names: &[&str]) -> String {
    let found = names.iter().find_map(|name| match fields.get(*name)? {
        Value::String(text) => some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn object(own: &Fields, outer: &Fields, names: &[&str]) -> Fields {
    let all = names.iter().flat_map(|name| [own.get(*name), outer.get(*name)]);
    all.flatten().find_map(Value::as_object).cloned().unwrap_or_default()
}

/// A moment: with its zone, without one as UTC, or counted from 1970 in seconds or milliseconds.
fn moment(fields: &Fields, names: &[&str]) -> Option<Moment> {
    let text = text(fields, names);
    if let Ok(number) = text.parse::<i64>() {
        return number.checked_mul(if number > 100_000_000_000 { 1_000 } else { 1_000_000 }).map(Moment);
    }
    let zoned = text.parse::<Timestamp>().ok();
    let at = zoned.or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())?;
    Some(Moment(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn transcript() -> Value {
        json!({
            "event": "chat:transcript_created",
            "time": "2026-11-20T10:10:00.000Z",
            "property": { "id": "p1", "name": "Shop" },
            "chat": {
                "id": "c-1",
                "visitor": { "name": "Joana", "email": "joana@example.com", "phone": "+351 912", "city": "Porto", "country": "PT" },
                "messages": [
                    { "sender": { "t": "s" }, "type": "msg", "msg": "Joana joined", "time": "2026-11-20T10:00:00.000Z" },
                    { "sender": { "t": "v", "n": "Joana" }, "type": "msg", "msg": "Hello?", "time": "2026-11-20T10:00:01.000Z" },
                    { "sender": { "t": "a", "n": "Rui", "id": "a1" }, "type": "msg", "msg": "Hi!", "time": 1_795_168_830_000_i64,
                      "attchs": [{ "type": "file", "content": { "file": { "url": "https://files.example/1", "name": "list.pdf" } } }] },
                ],
            },
        })
    }

    #[test]
    fn a_transcript_is_a_chat() {
        let past = conversation(&transcript()).unwrap();
        assert_eq!((past.key.as_str(), past.kind, past.country.as_deref()), ("tawk:chat:c-1", Kind::Chat, Some("PT")));
        assert_eq!((past.name.as_str(), past.email.as_str(), past.phone.as_str()), ("Joana", "joana@example.com", "+351 912"));
        let by = Voice::Team { name: "Rui".into(), email: String::new() };
        assert_eq!(
            past.said,
            [
                Said { at: Moment(1_795_168_801_000_000), by: Voice::Customer, text: "Hello?".into(), noted: false },
                Said { at: Moment(1_795_168_830_000_000), by, text: "Hi!\nlist.pdf: https://files.example/1".into(), noted: false },
            ]
        );
        // the same without what a webhook puts around it
        assert_eq!(conversation(&transcript()["chat"]).unwrap().said, past.said);
    }

    #[test]
    fn a_ticket_begins_with_its_message() {
        let hook = json!({
            "event": "ticket:create", "time": "2026-11-20T10:00:00Z", "requester": { "name": "V1795168800123456", "email": "Ana@example.com" },
            "ticket": { "id": "t-1", "humanId": 7, "subject": "Refund", "message": "Where is it?" },
        });
        let past = conversation(&hook).unwrap();
        assert_eq!((past.key.as_str(), past.subject.as_str(), past.name.as_str()), ("tawk:ticket:t-1", "Refund", ""));
        assert_eq!(past.said.len(), 1);
        let exported = json!({
            "type": "ticket", "humanId": 8, "requester": { "email": "ana@example.com" }, "createdOn": "2026-11-20 10:00:00",
            "messages": [
                { "author": { "email": "ana@example.com" }, "text": "A first line\nand more", "createdOn": "2026-11-20 10:00:00" },
                { "author": { "type": "agent", "name": "Rui" }, "type": "note", "text": "ask Ana", "createdOn": "2026-11-20 10:05:00" },
            ],
        });
        let past = conversation(&exported).unwrap();
        assert_eq!((past.key.as_str(), past.subject.as_str()), ("tawk:ticket:8", "A first line"));
        assert_eq!(past.said.iter().map(|said| said.noted).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn what_cannot_be_told_is_refused_by_its_field() {
        let without = |path: &[&str], value: Value| {
            let mut all = transcript();
            let last = path.iter().fold(&mut all, |at, step| match step.parse::<usize>() {
                Ok(n) => &mut at[n],
                Err(_) => &mut at[*step],
            });
            *last = value;
            conversation(&all).unwrap_err().to_string()
        };
        assert_eq!(without(&["chat", "id"], Value::Null), "`chat.id` is missing");
        assert_eq!(without(&["chat", "messages"], json!("none")), "`chat.messages` is no list");
        assert_eq!(without(&["chat", "messages", "1", "time"], json!("yesterday")), "`chat.messages[1].time` is missing, or no time");
        assert_eq!(
            without(&["chat", "messages", "2", "sender", "t"], json!("x")),
            "`chat.messages[2].sender.t` is neither `v`, `a` nor `s`"
        );
        for (value, why) in [
            (json!(7), "`` is no object"),
            (json!({ "name": "x" }), "`event` tells neither of a chat nor of a ticket"),
            (json!({ "event": "chat:start", "chatId": "c" }), "the transcript of the chat holds all of it"),
            (json!({ "humanId": 3, "requester": { "email": "no" } }), "`requester.email` is no e-mail address"),
            (json!({ "humanId": 3, "message": "x", "requester": { "email": "a@b.example" } }), "`ticket.time` is missing, or no time"),
        ] {
            assert_eq!(conversation(&value).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn files_hold_one_a_list_or_lines() {
        let places = |text: &str| items(text.as_bytes()).into_iter().map(|(place, item)| (place, item.is_ok())).collect::<Vec<_>>();
        let place = |text: &str| (text.to_owned(), true);
        assert_eq!(places("\u{feff}{\"messages\": []}"), [place("#1")]);
        assert_eq!(places("[{}, {}]"), [place("[0]"), place("[1]")]);
        assert_eq!(places(r#"{"chats": [{}], "tickets": [{}], "total": 2}"#), [place("chats[0]"), place("tickets[0]")]);
        assert_eq!(places("{\"event\": \"a\"}\n{\"event\": \"b\"}\n{\"ev"), [place("#1"), place("#2"), ("#3".to_owned(), false)]);
        assert!(places(r#"{"chats": []}"#).is_empty() && places("").is_empty());
    }
}
