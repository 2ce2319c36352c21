//! The live line over real sockets: what happens arrives, in order, once; nobody else's; a lost right ends it within a second.

mod common;

use std::time::Duration;

use common::World;
use futures::{SinkExt as _, StreamExt as _};
use model::{
    agent::{Reach, Role},
    conversation::Folder,
    event::What,
    everywhere::{Everywhere, Wide},
    live::{BEAT, Frame, Signal},
    ticket::{ReplyForm, TicketForm},
    view::View,
};
use serde::de::DeserializeOwned;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(world: &World, token: &str, from: i64) -> Result<Socket, u16> {
    connect_as(world, token, from, "").await
}

async fn connect_as(world: &World, token: &str, from: i64, owner: &str) -> Result<Socket, u16> {
    let mut request = format!("ws://{}/live?from={from}{owner}", world.address).into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert("origin", format!("http://{}", world.address).parse().expect("a header"));
    headers.insert("cookie", format!("recado={token}").parse().expect("a header"));
    match tokio_tungstenite::connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// A line over all properties, from the numbers of their logs.
async fn connect_wide(world: &World, token: &str, list: &Everywhere) -> Socket {
    let from: Vec<String> = list.heads().map(|(property, head)| format!("{property}:{head}")).collect();
    let agent = world.agent(token).await.id().clone();
    let mut request =
        format!("ws://{}/live/everywhere?agent={agent}&from={}", world.address, from.join(",")).into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert("origin", format!("http://{}", world.address).parse().expect("a header"));
    headers.insert("cookie", format!("recado={token}").parse().expect("a header"));
    tokio_tungstenite::connect_async(request).await.expect("a line").0
}

/// The next frame; none when the line was closed or nothing came.
async fn next<F: DeserializeOwned>(socket: &mut Socket, wait: Duration) -> Option<F> {
    loop {
        match timeout(wait, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => return Some(serde_json::from_str(&text).expect("a frame")),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            _ => return None,
        }
    }
}

/// Numbers told until a number of them have come.
async fn told(socket: &mut Socket, count: usize) -> Vec<i64> {
    let mut seqs = vec![];
    while seqs.len() < count {
        match next(socket, Duration::from_secs(5)).await {
            Some(Frame::Told(told)) => seqs.extend(told.iter().map(|told| told.event.seq)),
            Some(_) => {}
            None => break,
        }
    }
    seqs
}

async fn ticket(world: &World, token: &str) {
    let form = TicketForm { email: "ana@example.com".into(), subject: "Hello".into(), text: "Words".into(), ..TicketForm::default() };
    world.agent(token).await.open_ticket(form.check().expect("a form")).await.expect("opened");
}

async fn head(world: &World, token: &str) -> i64 {
    world.agent(token).await.roster().await.expect("a roster").head
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_arrives_in_order_and_once() {
    let (world, token) = World::with_founder().await;
    let from = head(&world, &token).await;
    ticket(&world, &token).await;
    let mut first = connect(&world, &token, from).await.expect("a line");
    let writing = async {
        for _ in 0..20 {
            ticket(&world, &token).await;
        }
    };
    let coming = async {
        let mut late = vec![];
        for _ in 0..5 {
            late.push(connect(&world, &token, from).await.expect("a line"));
        }
        late
    };
    let ((), mut late) = tokio::join!(writing, coming);
    let wanted: Vec<i64> = (from + 1..=head(&world, &token).await).collect();
    assert!(wanted.len() >= 21);
    assert_eq!(told(&mut first, wanted.len()).await, wanted);
    for socket in &mut late {
        assert_eq!(told(socket, wanted.len()).await, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_for_who_is_signed_in_and_for_one_property() {
    let (world, token) = World::with_founder().await;
    let (in_b, _) = world.second_property(&token, "B").await;
    for (token, owner) in [("nonsense", ""), (&token, "&agent=0000000000000000000000001"), (&token, "&property=0000000000000000000000001")]
    {
        let mut line = connect_as(&world, token, 0, owner).await.expect("a line");
        assert_eq!(next(&mut line, Duration::from_secs(2)).await, Some(Frame::Moved), "{owner}");
        assert_eq!(next::<Frame>(&mut line, Duration::from_secs(2)).await, None, "and nothing else");
    }
    let me = world.agent(&token).await;
    let owner = format!("&agent={}&property={}", me.id(), me.property());
    let mut own = connect_as(&world, &token, head(&world, &token).await - 1, &owner).await.expect("a line");
    assert!(matches!(next(&mut own, Duration::from_secs(2)).await, Some(Frame::Told(_))));
    let at = head(&world, &in_b).await;
    let mut b = connect(&world, &in_b, at).await.expect("a line");
    ticket(&world, &token).await;
    assert_eq!(next::<Frame>(&mut b, Duration::from_millis(1500)).await, None, "what happens in A is not told in B");
    let mut gone = connect(&world, &token, 1_000_000).await.expect("a line");
    assert_eq!(next(&mut gone, Duration::from_secs(2)).await, Some(Frame::Reload), "a number that never was");
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_marks_are_told_to_their_reader_alone() {
    let (world, founder) = World::with_founder().await;
    let other = world.invite(&founder, "Other", Role::Agent).await;
    ticket(&world, &founder).await;
    let at = head(&world, &founder).await;
    let (mut mine, mut theirs) = (connect(&world, &founder, at).await.expect("a line"), connect(&world, &other, at).await.expect("a line"));
    let id = world.agent(&founder).await.list_inbox(model::view::View::default()).await.expect("an inbox").rows[0].line.id.clone();
    world.agent(&other).await.mark_read(id).await.expect("read");
    let frame = next(&mut theirs, Duration::from_secs(3)).await;
    assert!(matches!(&frame, Some(Frame::Told(told)) if told[0].event.what == What::ReadMarked), "{frame:?}");
    assert_eq!(next::<Frame>(&mut mine, Duration::from_millis(1500)).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_right_ends_the_line_within_a_second() {
    let (world, founder) = World::with_founder().await;
    let other = world.invite(&founder, "Other", Role::Agent).await;
    let at = head(&world, &founder).await;
    let mut line = connect(&world, &other, at).await.expect("a line");
    let id = world.agent(&other).await.id().clone();
    world.agent(&founder).await.disable_agent(id).await.expect("disabled");
    assert_eq!(next(&mut line, Duration::from_millis(1200)).await, Some(Frame::Moved));
    assert_eq!(next::<Frame>(&mut line, Duration::from_secs(2)).await, None, "closed");
    let mut mine = connect(&world, &founder, at).await.expect("a line");
    assert!(next::<Frame>(&mut mine, Duration::from_secs(2)).await.is_some());
    world.agent(&founder).await.sign_out().await.expect("signed out");
    assert_eq!(next(&mut mine, Duration::from_millis(1500)).await, Some(Frame::Moved));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_does_the_others_see_until_they_leave() {
    let (world, founder) = World::with_founder().await;
    let other = world.invite(&founder, "Other", Role::Agent).await;
    let at = head(&world, &founder).await;
    let mut mine = connect(&world, &founder, at).await.expect("a line");
    let mut theirs = connect(&world, &other, at).await.expect("a line");
    let reading = Signal::Reading(Some(model::ConversationId::new()));
    theirs.send(Message::text(serde_json::to_string(&reading).expect("JSON"))).await.expect("sent");
    let agent = world.agent(&other).await.id().clone();
    assert_eq!(next(&mut mine, Duration::from_secs(2)).await, Some(Frame::Presence { agent: agent.clone(), signal: reading.clone() }));
    let mut late = connect(&world, &founder, at).await.expect("a line");
    assert_eq!(
        next(&mut late, Duration::from_secs(2)).await,
        Some(Frame::Presence { agent: agent.clone(), signal: reading }),
        "who comes later sees it too"
    );
    theirs.close(None).await.expect("closed");
    // the same may be said twice to who came at that instant
    let left = Frame::Presence { agent, signal: Signal::Reading(None) };
    let mut heard = next(&mut mine, Duration::from_secs(2)).await;
    while heard.is_some() && heard.as_ref() != Some(&left) {
        heard = next(&mut mine, Duration::from_secs(2)).await;
    }
    assert_eq!(heard, Some(left));
    mine.send(Message::text("{nonsense")).await.expect("sent");
    assert_eq!(next::<Frame>(&mut mine, Duration::from_secs(2)).await, None, "nonsense closes the line");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_with_nothing_to_tell_says_that_it_is_there() {
    let (world, token) = World::with_founder().await;
    world.second_property(&token, "B").await;
    let at = head(&world, &token).await;
    let list = world.agent(&token).await.list_everywhere(View::default()).await.expect("a list");
    let (mut line, mut wide) = (connect(&world, &token, at).await.expect("a line"), connect_wide(&world, &token, &list).await);
    // a browser tells its page of no ping
    let long = Duration::from_micros(BEAT.unsigned_abs()) + Duration::from_secs(3);
    let (beat, wide) = tokio::join!(next(&mut line, long), next(&mut wide, long));
    assert_eq!((beat, wide), (Some(Frame::Beat), Some(Wide::Beat)));
}

/// An agent of the founder's who sees what is theirs alone; their session.
async fn limited(world: &World, founder: &str) -> String {
    let token = world.invite(founder, "Limited", Role::Agent).await;
    let id = world.agent(&token).await.id().clone();
    world.agent(founder).await.set_reach(id, Reach::Own).await.expect("limited");
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_a_part_is_told_of_that_alone() {
    let (world, founder) = World::with_founder().await;
    let token = limited(&world, &founder).await;
    let (me, admin) = (world.agent(&token).await, world.agent(&founder).await);
    let mut line = connect(&world, &token, head(&world, &token).await).await.expect("a line");
    ticket(&world, &founder).await;
    let id = admin.list_inbox(View::default()).await.expect("an inbox").rows[0].line.id.clone();
    for n in 0..5 {
        let words = ReplyForm { text: format!("Secret {n}"), ..ReplyForm::default() };
        admin.reply(id.clone(), words.check().expect("words")).await.expect("said");
    }
    // the contact is the property's; nothing else of it is told
    while let Some(frame) = next::<Frame>(&mut line, Duration::from_millis(1500)).await {
        let json = serde_json::to_string(&frame).expect("JSON");
        assert!(!json.contains("Secret") && !json.contains(id.as_str()) && !json.contains("Founder"), "{json}");
    }
    let mut theirs = connect(&world, &founder, head(&world, &founder).await).await.expect("a line");
    for signal in [Signal::Reading(Some(id.clone())), Signal::Typing(id.clone()), Signal::Noting(id.clone())] {
        theirs.send(Message::text(serde_json::to_string(&signal).expect("JSON"))).await.expect("sent");
    }
    while let Some(frame) = next(&mut line, Duration::from_secs(1)).await {
        assert!(matches!(&frame, Frame::Presence { signal: Signal::Reading(None), .. }), "{frame:?}");
    }
    // nor do others hear of him where he is not
    let reading = serde_json::to_string(&Signal::Reading(Some(id.clone()))).expect("JSON");
    line.send(Message::text(reading)).await.expect("sent");
    assert_eq!(next::<Frame>(&mut theirs, Duration::from_secs(1)).await, None);
    admin.assign(vec![id.clone()], model::Assignee::Agent(me.id().clone())).await.expect("assigned");
    let frame = next(&mut line, Duration::from_secs(3)).await;
    let Some(Frame::Told(told)) = frame else { panic!("{frame:?}") };
    assert!(told[0].line.as_ref().is_some_and(|line| line.id == id) && told[0].counts.as_ref().is_some_and(|counts| counts["all"] == 1));
    admin.assign(vec![id.clone()], model::Assignee::Nobody).await.expect("assigned");
    let frame = next(&mut line, Duration::from_secs(3)).await;
    let Some(Frame::Told(told)) = frame else { panic!("{frame:?}") };
    assert!(
        told[0].line.is_none()
            && told[0].event.conversation == Some(id)
            && told[0].counts.as_ref().is_some_and(std::collections::BTreeMap::is_empty)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_reaches_an_open_line_within_a_second() {
    let (world, founder) = World::with_founder().await;
    let other = world.invite(&founder, "Other", Role::Agent).await;
    let (admin, id) = (world.agent(&founder).await, world.agent(&other).await.id().clone());
    let department = admin.create_department("Billing", "", vec![id.clone()]).await.expect("a department");
    let at = head(&world, &other).await;
    let mut line = connect(&world, &other, at).await.expect("a line");
    admin.set_reach(id.clone(), Reach::Departments).await.expect("limited");
    assert_eq!(next(&mut line, Duration::from_millis(1200)).await, Some(Frame::Moved));
    let mut late = connect(&world, &other, at).await.expect("a line");
    assert_eq!(next(&mut late, Duration::from_secs(2)).await, Some(Frame::Reload), "who was away meanwhile loads all anew");
    let mut line = connect(&world, &other, head(&world, &other).await).await.expect("a line");
    admin.change_department(department, "Billing", "", vec![]).await.expect("changed");
    assert_eq!(next(&mut line, Duration::from_millis(1200)).await, Some(Frame::Moved));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_tells_of_all_properties_what_is_seen_in_each() {
    let (world, token) = World::with_founder().await;
    let (in_b, b) = world.second_property(&token, "B").await;
    let a = world.agent(&token).await.property().clone();
    let boss = world.invite(&in_b, "Boss", Role::Admin).await;
    ticket(&world, &boss).await;
    let (me, boss) = (world.agent(&token).await.id().clone(), world.agent(&boss).await);
    // of B she sees what is hers alone
    boss.set_role(me.clone(), Role::Agent).await.expect("an agent");
    boss.set_reach(me.clone(), Reach::Own).await.expect("limited");
    let list = world.agent(&token).await.list_everywhere(View::default()).await.expect("a list");
    let mut line = connect_wide(&world, &token, &list).await;
    ticket(&world, &token).await;
    let frame = next(&mut line, Duration::from_secs(3)).await;
    let Some(Wide::In(property, Frame::Told(told))) = frame else { panic!("{frame:?}") };
    assert!(property == a && told[0].line.is_some(), "{told:?}");
    let id = boss.list_inbox(View::default()).await.expect("an inbox").rows[0].line.id.clone();
    let words = ReplyForm { text: "Secret words".into(), ..ReplyForm::default() };
    boss.reply(id.clone(), words.check().expect("words")).await.expect("said");
    while let Some(frame) = next::<Wide>(&mut line, Duration::from_millis(1500)).await {
        let json = serde_json::to_string(&frame).expect("JSON");
        assert!(!json.contains("Secret") && !json.contains(id.as_str()), "{json}");
    }
    boss.assign(vec![id.clone()], model::Assignee::Agent(me.clone())).await.expect("assigned");
    let frame = next(&mut line, Duration::from_secs(3)).await;
    let Some(Wide::In(property, Frame::Told(told))) = frame else { panic!("{frame:?}") };
    assert!(property == b && told[0].line.as_ref().is_some_and(|line| line.id == id), "{told:?}");
    // what happened while it was away is told when it comes back
    drop(line);
    boss.move_to(vec![id.clone()], Folder::Spam).await.expect("moved");
    let mut line = connect_wide(&world, &token, &list).await;
    let mut told = vec![];
    while let Some(Wide::In(property, Frame::Told(some))) = next(&mut line, Duration::from_millis(1500)).await {
        told.extend(some.into_iter().map(|one| (property.clone(), one.event.what)));
    }
    assert!(told.contains(&(b, What::Moved)) && told.iter().any(|(property, _)| *property == a), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_that_is_closed_to_one_leaves_the_open_list_within_a_second() {
    let (world, token) = World::with_founder().await;
    let (in_b, _) = world.second_property(&token, "B").await;
    let boss = world.invite(&in_b, "Boss", Role::Admin).await;
    let (me, boss) = (world.agent(&token).await.id().clone(), world.agent(&boss).await);
    let list = async || world.agent(&token).await.list_everywhere(View::default()).await.expect("a list");
    let mut line = connect_wide(&world, &token, &list().await).await;
    boss.disable_agent(me.clone()).await.expect("disabled");
    let mut heard = next(&mut line, Duration::from_millis(1200)).await;
    while let Some(Wide::In(..)) = heard {
        heard = next(&mut line, Duration::from_millis(1200)).await;
    }
    assert_eq!(heard, Some(Wide::Reload));
    assert_eq!(next::<Wide>(&mut line, Duration::from_secs(2)).await, None, "closed");
    assert_eq!(list().await.parts.len(), 1);
    // and one that opens comes into it
    let mut line = connect_wide(&world, &token, &list().await).await;
    boss.enable_agent(me.clone()).await.expect("enabled");
    assert_eq!(next(&mut line, Duration::from_millis(1500)).await, Some(Wide::Reload));
    // so does a limit, and a session that ends
    let mut line = connect_wide(&world, &token, &list().await).await;
    boss.set_role(me.clone(), Role::Agent).await.expect("an agent");
    boss.set_reach(me, Reach::Own).await.expect("limited");
    let mut heard = next(&mut line, Duration::from_millis(1500)).await;
    while let Some(Wide::In(..)) = heard {
        heard = next(&mut line, Duration::from_millis(1500)).await;
    }
    assert_eq!(heard, Some(Wide::Reload));
    let mut line = connect_wide(&world, &token, &list().await).await;
    world.agent(&token).await.sign_out().await.expect("signed out");
    assert_eq!(next(&mut line, Duration::from_millis(1500)).await, Some(Wide::Reload));
    assert_eq!(next::<Wide>(&mut line, Duration::from_secs(2)).await, None, "closed");
}
