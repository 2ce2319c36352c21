//! What a window is told: what happens in its own chats, in order, once, also over a cut; and until when.

use std::time::Duration;

use model::{ban::Banned, live::WindowFrame, widget::Widget};

use crate::{LONG, Line, QUIET, Shop, answer, dial, is_told, ours, words};

/// Texts told until there are so many, and the number of the last event.
async fn texts(line: &mut Line, count: usize, last: &mut i64) -> Vec<String> {
    let mut texts = vec![];
    while texts.len() < count {
        let WindowFrame::Told(told) = line.until(is_told).await else { unreachable!() };
        for told in told {
            assert!(told.seq > *last, "{} after {last}", told.seq);
            *last = told.seq;
            texts.extend(told.messages.iter().filter(|message| message.happened.is_none()).map(|message| message.text.clone()));
        }
    }
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_words_arrive_in_order_and_once_over_a_cut() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    let chat = shop.chat(&token, "0").await;
    let (agent, visitor) = (shop.world.agent(&shop.founder).await, shop.visitor(&token).await);
    let mut last = shop.head(&token).await;
    let mut line = shop.window(&token, last).await;
    let talking = async {
        for n in 1..=30 {
            if n % 2 == 0 {
                agent.reply(chat.clone(), answer(&n.to_string())).await.expect("said");
            } else {
                visitor.say(chat.clone(), words(&n.to_string())).await.expect("said");
            }
        }
    };
    let hearing = async {
        let mut heard = texts(&mut line, 10, &mut last).await;
        drop(line);
        let mut back = shop.window(&token, last).await;
        heard.extend(texts(&mut back, 30 - heard.len(), &mut last).await);
        let mut wanted: Vec<String> = (1..=30).map(|n| n.to_string()).collect();
        assert_eq!(heard, wanted);
        // what one of several windows was not told yet, it is told from its number
        let mut late = shop.window(&token, 0).await;
        wanted.insert(0, "0".into());
        assert_eq!(texts(&mut late, 31, &mut 0).await, wanted);
    };
    tokio::join!(talking, hearing);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_others_is_not_told() {
    let shop = Shop::new().await;
    let (mine, theirs) = (shop.visit().await, shop.visit().await);
    let (_, foreign) = (shop.chat(&mine, "Mine").await, shop.chat(&theirs, "Theirs").await);
    let agent = shop.world.agent(&shop.founder).await;
    let mut line = shop.window(&mine, shop.head(&mine).await).await;
    line.until(|frame| matches!(frame, WindowFrame::State { .. })).await;
    let mut stranger = shop.stranger().await;
    stranger.until(|frame| matches!(frame, WindowFrame::State { .. })).await;
    agent.reply(foreign.clone(), answer("For them")).await.expect("said");
    agent.note(foreign, answer("About them")).await.expect("noted");
    shop.chat(&shop.visit().await, "Another").await;
    assert_eq!(line.next::<WindowFrame>(QUIET).await, None);
    agent.set_widget(Widget { rescue_after: None, ..Widget::default() }).await.expect("changed");
    let WindowFrame::Told(told) = line.until(is_told).await else { unreachable!() };
    assert_eq!(told.iter().filter_map(|told| told.front.as_ref()).map(|front| front.widget.rescue_after).collect::<Vec<_>>(), [None]);
    assert_eq!(stranger.next::<WindowFrame>(QUIET).await, None, "a stranger is told the state alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_not_told_to_its_visitor() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    let chat = shop.chat(&token, "Hello").await;
    let agent = shop.world.agent(&shop.founder).await;
    let mut last = shop.head(&token).await;
    let mut line = shop.window(&token, last).await;
    agent.note(chat.clone(), answer("Rude, beware")).await.expect("noted");
    agent.reply(chat, answer("Welcome")).await.expect("said");
    assert_eq!(texts(&mut line, 1, &mut last).await, ["Welcome"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_out_and_a_ban_end_the_line_within_a_second() {
    let shop = Shop::new().await;
    let agent = shop.world.agent(&shop.founder).await;
    let (first, second, third) = (shop.visit().await, shop.visit().await, shop.visit().await);
    let mut lines = vec![];
    for token in [&first, &second, &third] {
        let mut line = shop.window(token, shop.head(token).await).await;
        line.until(|frame| matches!(frame, WindowFrame::State { .. })).await;
        lines.push(line);
    }
    let ended = Duration::from_millis(1_300);
    shop.visitor(&first).await.log_out().await.expect("out");
    assert_eq!(lines[0].next(ended).await, Some(WindowFrame::Gone));
    assert_eq!(lines[0].next::<WindowFrame>(ended).await, None, "closed");
    agent.ban(Banned::Visitor(shop.visitor(&second).await.id().clone()), "", None).await.expect("banned");
    assert_eq!(lines[1].next(ended).await, Some(WindowFrame::Gone));
    assert_eq!(lines[2].next::<WindowFrame>(QUIET).await, None, "the others stay");
    agent.ban(Banned::Network("127.0.0.0/8".parse().expect("a network")), "", None).await.expect("banned");
    assert_eq!(lines[2].next(ended).await, Some(WindowFrame::Gone));
    for token in [&first, &second, &third] {
        assert_eq!(shop.window(token, 0).await.next(LONG).await, Some(WindowFrame::Gone), "nor do they come again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_never_was_loads_the_state_anew() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    assert_eq!(shop.window(&token, 1_000_000).await.next(LONG).await, Some(WindowFrame::Reload));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_for_our_own_pages_and_for_the_keys_own_visitors() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    let path = format!("/chat/{}/live", shop.key);
    let cookie = ("cookie", shop.cookie(&token));
    for headers in
        [vec![], vec![("origin", "https://evil.example".to_owned())], vec![("sec-fetch-site", "cross-site".to_owned()), ours(&shop.world)]]
    {
        let headers: Vec<_> = headers.into_iter().chain([cookie.clone()]).collect();
        assert_eq!(dial(&shop.world, &path, &headers).await.err(), Some(403), "{headers:?}");
    }
    assert_eq!(dial(&shop.world, "/chat/nobodyskey/live", &[ours(&shop.world)]).await.err(), Some(404));
    // a secret of another property is nobody's here
    let (in_b, _) = shop.world.second_property(&shop.founder, "B").await;
    let other = shop.world.agent(&in_b).await.widget().await.expect("a widget").0;
    let headers = [ours(&shop.world), ("cookie", format!("__Host-recado-{other}={token}"))];
    let mut line = dial(&shop.world, &format!("/chat/{other}/live"), &headers).await.expect("a line");
    assert_eq!(line.next(LONG).await, Some(WindowFrame::Gone));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_has_so_many_windows_and_says_so_much() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    let mut lines = vec![];
    for _ in 0..10 {
        let mut line = shop.window(&token, 0).await;
        line.until(|frame| matches!(frame, WindowFrame::State { .. })).await;
        lines.push(line);
    }
    assert_eq!(shop.window(&token, 0).await.next::<WindowFrame>(LONG).await, None, "the eleventh");
    let mut loud = lines.pop().expect("a line");
    for n in 0..12 {
        loud.say(format!(r#"{{"Typing":"{n}"}}"#)).await;
    }
    assert_eq!(loud.next::<WindowFrame>(LONG).await, None, "closed");
    let mut wrong = lines.pop().expect("a line");
    wrong.say("{nonsense").await;
    assert_eq!(wrong.next::<WindowFrame>(LONG).await, None, "closed");
    assert!(shop.window(&token, 0).await.next::<WindowFrame>(LONG).await.is_some(), "there is room again");
}
