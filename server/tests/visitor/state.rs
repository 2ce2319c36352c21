//! Online, away, offline: told when it changes, by who is there and by the clock.

use std::time::{Duration, Instant};

use model::{
    agent::Presence,
    hours::{Hours, Span, State},
    live::WindowFrame,
    moment::HOUR,
    widget::Widget,
};

use crate::{LONG, Line, QUIET, Shop};

async fn state(line: &mut Line) -> State {
    match line.until(|frame| matches!(frame, WindowFrame::State { .. })).await {
        WindowFrame::State { state, .. } => state,
        _ => unreachable!(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_who_is_there_and_a_reload_does_not_show() {
    let shop = Shop::new().await;
    let agent = shop.world.agent(&shop.founder).await;
    let token = shop.visit().await;
    let mut line = shop.stranger().await;
    let mut known = shop.window(&token, shop.head(&token).await).await;
    assert_eq!((state(&mut line).await, state(&mut known).await), (State::Offline, State::Offline));
    let tab = shop.tab().await;
    assert_eq!((state(&mut line).await, state(&mut known).await), (State::Online, State::Online));
    let begun = Instant::now();
    agent.set_presence(Presence::Away).await.expect("away");
    assert_eq!((state(&mut line).await, state(&mut known).await), (State::Away, State::Away));
    assert!(begun.elapsed() < Duration::from_millis(700), "at once: {:?}", begun.elapsed());
    agent.set_presence(Presence::Online).await.expect("online");
    assert_eq!(state(&mut line).await, State::Online);
    // a page loaded anew
    tab.close().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let tab = shop.tab().await;
    assert_eq!(line.next::<WindowFrame>(LONG).await, None);
    tab.close().await;
    assert_eq!(line.next::<WindowFrame>(LONG).await, None, "the grace");
    assert_eq!(state(&mut line).await, State::Offline);
    assert_eq!(state(&mut shop.stranger().await).await, State::Offline, "for who comes later");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_the_hours() {
    let shop = Shop::new().await;
    let agent = shop.world.agent(&shop.founder).await;
    let _tab = shop.tab().await;
    let mut line = shop.stranger().await;
    // the tab may have come a moment after the stranger
    line.until(|frame| matches!(frame, WindowFrame::State { state: State::Online, .. })).await;
    let mut hours = Hours { always: false, ..Hours::default() };
    agent.set_widget(Widget { hours: hours.clone(), ..Widget::default() }).await.expect("closed");
    assert_eq!(state(&mut line).await, State::Offline);
    // opens within the hour, each day
    let now = shop.world.desk.clock().now();
    let minute = u16::try_from(now.0.div_euclid(60_000_000).rem_euclid(1_440)).expect("a minute");
    let opens = (minute + 30) % 1_440;
    hours.days = std::array::from_fn(|_| vec![Span { from: opens, to: (opens + 600) % 1_440 }]);
    agent.set_widget(Widget { hours, ..Widget::default() }).await.expect("changed");
    let frame = line.until(|frame| matches!(frame, WindowFrame::State { .. })).await;
    assert!(matches!(frame, WindowFrame::State { state: State::Offline, opens_at: Some(_) }), "{frame:?}");
    assert_eq!(line.next::<WindowFrame>(QUIET).await, None);
    shop.world.later(HOUR);
    assert_eq!(state(&mut line).await, State::Online, "by the clock alone");
}
