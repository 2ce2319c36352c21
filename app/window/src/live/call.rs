//! What a site's page asks of the chat: who its visitor is, attributes, tags, the end, a window of its own, and to be forgotten.
//! What a site says is a claim; only the server's proof makes an identity.

use std::cell::RefCell;

use model::visitor::{Guest, SITE_EVENTS_MOST};

use super::{
    change, clock,
    json::Json,
    queue, reload, renew_by, see,
    site::{event, post, quoted},
    socket, wire,
};
use crate::{api, fail::Fail, number::digits, view::path_of};

thread_local! {
    static TAGS: RefCell<Vec<String>> = const { RefCell::new(vec![]) };
    /// What waits for the visitor's consent, or until the one before is forgotten.
    static WAITS: RefCell<Vec<(String, Json)>> = const { RefCell::new(vec![]) };
}

/// Does what waited.
pub fn resume() {
    for (call, message) in WAITS.take() {
        called(&call, &message);
    }
}

/// What the site asks for. Each call is answered.
pub fn called(call: &str, message: &Json) {
    let Json::Number(id) = message.get("id") else { return };
    let id = *id;
    let keeps = ["identify", "set", "tag", "untag", "event"].contains(&call);
    if wire::leaving() || keeps && see(|state| state.agreed) != Some(true) {
        return WAITS.with_borrow_mut(|waits| waits.push((call.to_owned(), message.clone())));
    }
    let answer = move |answer: Result<String, Fail>| {
        let said = match answer {
            Ok(value) => ["\"value\":", &value].concat(),
            Err(fail) => ["\"error\":", &quoted(&fail.code)].concat(),
        };
        post(&["{\"id\":", &digits(id), ",", &said, "}"].concat());
    };
    let yes = || Ok("true".to_owned());
    let done = Box::new(move |answered: Result<String, Fail>| answer(answered.and_then(|_| yes())));
    let args = message.get("args").list();
    let first = args.first().unwrap_or(&Json::Null);
    match call {
        "identify" | "set" => identify(first, done),
        "tag" => tags(path_of::<api::TagVisitor>(), true, first, done),
        "untag" => tags(path_of::<api::UntagVisitor>(), false, first, done),
        "event" => {
            let event = [plain(first), args.get(1).map(plain).unwrap_or_default(), digits(clock().0)];
            if !tell(&event, done) {
                change(|state| {
                    if state.events.len() >= SITE_EVENTS_MOST {
                        state.events.remove(0);
                    }
                    state.events.push(event);
                });
                answer(Ok("false".to_owned()));
            }
        }
        "end" => match see(|state| state.chat().map(|chat| chat.id.as_str().to_owned())).flatten() {
            Some(chat) => wire::ask(path_of::<api::FinishChat>(), &[("chat", &chat)], done),
            None => answer(yes()),
        },
        "logout" => log_out(Box::new(answer)),
        "popup" => wire::ask(path_of::<api::PopOut>(), &[], Box::new(answer)),
        _ => answer(Err(Fail::of("UNKNOWN_CALL"))),
    }
}

/// Wipes the visitor from the window at once, whether the server is reached or not: what is theirs is for nobody else to see.
fn log_out(done: wire::Done) {
    queue::wipe();
    TAGS.take();
    socket::hang_up();
    wire::leave();
    change(|state| {
        (state.outbox, state.files, state.typed, state.first) = (vec![], vec![], vec![], vec![]);
        (state.site, state.events, state.asked) = (Default::default(), vec![], false);
        state.page[2].clear();
        let opened = &mut state.opened;
        opened.pass.clear();
        opened.known = false;
        (opened.window.guest, opened.window.chats, opened.window.messages) = (Guest::default(), vec![], vec![]);
        opened.window.earlier = false;
    });
    forget(0, done);
}

/// Has the server forget the visitor, with the cookie that no script can take away: again until it is reached.
fn forget(tries: u32, done: wire::Done) {
    let at = see(|state| wire::pairs(&state.at().pairs())).unwrap_or_default();
    let answered = move |answered: Result<String, Fail>| {
        if answered.is_err() {
            return wire::after(wire::pause(tries), Box::new(move || forget(tries + 1, done)));
        }
        wire::leave();
        reload(None);
        done(Ok("true".to_owned()));
    };
    wire::post(path_of::<api::LogOutVisitor>(), &at, Box::new(answered));
}

/// A value of a site as text.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Flag(on) => (if *on { "true" } else { "false" }).to_owned(),
        Json::Number(number) => digits(*number),
        Json::Text(text) => text.clone(),
        Json::List(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Json::Map(all) => all.iter().map(|(name, value)| [name, ": ", &plain(value)].concat()).collect::<Vec<_>>().join(", "),
    }
}

/// Who the visitor is. With a hash the site vouches for it; without, it is a claim, as in a form. Everything else are attributes.
fn identify(who: &Json, done: wire::Done) {
    let Json::Map(all) = who else { return done(Err(Fail::of("INVALID"))) };
    let vouched = all.iter().any(|(name, _)| name == "hash");
    let mut identity: Vec<(String, String)> = vec![];
    let mut rest: Vec<(String, String)> = vec![];
    for (name, value) in all {
        let value = plain(value);
        let field = match name.as_str() {
            "id" | "userId" => "id",
            "hash" => "signature",
            "name" | "email" | "expires" | "nonce" => name,
            _ => "",
        };
        if vouched && !field.is_empty() {
            identity.push((["who[", field, "]"].concat(), value));
            continue;
        }
        if let Some(at) = ["name", "email", "phone"].iter().position(|known| known == name) {
            change(|state| {
                // of what is typed into an input twice, the last counts
                state.typed.push((["form[details][", name, "]"].concat(), value.clone()));
                state.site[at] = value;
            });
            continue;
        }
        rest.push((["given[", name, "]"].concat(), value));
    }
    let set = move |done: wire::Done| {
        if rest.is_empty() {
            return introduce(done);
        }
        let pairs: Vec<(&str, &str)> = rest.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let then = move |answered: Result<String, Fail>| match answered {
            Ok(_) => introduce(done),
            Err(fail) => done(Err(fail)),
        };
        wire::ask(path_of::<api::SetVisitorAttributes>(), &pairs, Box::new(then));
    };
    if !vouched {
        return set(done);
    }
    let pairs: Vec<(&str, &str)> = identity.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let proven = move |answered: Result<String, Fail>| match answered {
        Ok(text) => {
            renew_by(&text, false);
            set(done);
        }
        Err(fail) => done(Err(fail)),
    };
    wire::ask(path_of::<api::IdentifyVisitor>(), &pairs, Box::new(proven));
}

/// Tells who the site says the visitor is, in a chat that has begun; until one does, the first words take it along.
fn introduce(done: wire::Done) {
    let news = see(|state| {
        let guest = &state.opened.window.guest;
        let known = state.site.iter().zip([&guest.name, &guest.email, &guest.phone]).all(|(said, known)| said.is_empty() || said == known);
        (!known && state.last_chat().is_some()).then(|| state.site.clone())
    });
    let Some(Some([name, email, phone])) = news else { return done(Ok(String::new())) };
    wire::ask(path_of::<api::IntroduceVisitor>(), &[("who[name]", &name), ("who[email]", &email), ("who[phone]", &phone)], done);
}

/// Tells something that happened on the site, in the chat that goes on; false without one.
fn tell([name, detail, at]: &[String; 3], done: wire::Done) -> bool {
    let chat = see(|state| state.chat().map(|chat| chat.id.as_str().to_owned())).flatten();
    if let Some(chat) = &chat {
        wire::ask(
            path_of::<api::TellEvent>(),
            &[("chat", chat), ("event[name]", name), ("event[detail]", detail), ("event[at]", at)],
            done,
        );
    }
    chat.is_some()
}

/// A chat has begun: what the site said while the first words were on their way follows them.
pub fn began() {
    introduce(Box::new(|_| ()));
    let mut events = vec![];
    change(|state| events = std::mem::take(&mut state.events));
    for event in &events {
        tell(event, Box::new(|_| ()));
    }
}

/// Puts tags on, or takes them off, one after the other.
fn tags(path: &'static str, on: bool, given: &Json, done: wire::Done) {
    let mut all: Vec<String> = if let Json::List(all) = given { all.iter().map(plain).collect() } else { vec![plain(given)] };
    let Some(tag) = all.pop() else {
        let tags = TAGS.with_borrow(|tags| tags.iter().map(|tag| quoted(tag)).collect::<Vec<_>>().join(","));
        event("tagsUpdated", &["[", &tags, "]"].concat());
        return done(Ok(String::new()));
    };
    let said = tag.clone();
    let rest = move |answered: Result<String, Fail>| match answered {
        Ok(_) => {
            TAGS.with_borrow_mut(|tags| {
                tags.retain(|known| *known != said);
                if on {
                    tags.push(said);
                }
            });
            tags(path, on, &Json::List(all.into_iter().map(Json::Text).collect()), done);
        }
        Err(fail) => done(Err(fail)),
    };
    wire::ask(path, &[("tag", &tag)], Box::new(rest));
}
