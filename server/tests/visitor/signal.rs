//! What is passed on and never kept: who writes, who is here.

use std::time::Duration;

use model::live::{BEAT, Frame, PREVIEW_MOST, VisitorDoing, WindowFrame};

use crate::{QUIET, Shop, is_visitor};

fn doing(frame: Frame) -> VisitorDoing {
    match frame {
        Frame::Visitor { doing, .. } => doing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_side_sees_the_other_write_and_notes_are_not_seen() {
    let shop = Shop::new().await;
    let (token, stranger) = (shop.visit().await, shop.visit().await);
    let (chat, _) = (shop.chat(&token, "Hello").await, shop.chat(&stranger, "Hello").await);
    let mut tab = shop.tab().await;
    let (mut line, mut other) =
        (shop.window(&token, shop.head(&token).await).await, shop.window(&stranger, shop.head(&stranger).await).await);
    for line in [&mut line, &mut other] {
        line.until(|frame| matches!(frame, WindowFrame::State { .. })).await;
    }
    tab.say(format!(r#"{{"Noting":"{chat}"}}"#)).await;
    tab.say(format!(r#"{{"Reading":"{chat}"}}"#)).await;
    assert!(!matches!(line.next::<WindowFrame>(QUIET).await, Some(WindowFrame::Typing { .. })));
    tab.say(format!(r#"{{"Typing":"{chat}"}}"#)).await;
    let typing = line.until(|frame| matches!(frame, WindowFrame::Typing { .. })).await;
    assert_eq!(typing, WindowFrame::Typing { chat: chat.clone(), name: "Founder".into() });
    assert!(!matches!(other.next::<WindowFrame>(QUIET).await, Some(WindowFrame::Typing { .. })), "another visitor");
    // the other way, cut
    let long = "é".repeat(PREVIEW_MOST + 20);
    line.say(serde_json::to_string(&model::live::WindowSignal::Typing(long)).expect("JSON")).await;
    let frame = tab.until(|frame| matches!(frame, Frame::Visitor { doing: VisitorDoing::Typing(_), .. })).await;
    assert_eq!(frame, Frame::Visitor { chat: chat.clone(), doing: VisitorDoing::Typing("é".repeat(PREVIEW_MOST)) });
    line.say(r#"{"Typing":""}"#).await;
    assert_eq!(doing(tab.until(is_visitor).await), VisitorDoing::Typing(String::new()));
    // nothing of it is kept
    assert_eq!(shop.head(&token).await, shop.head(&stranger).await);
    let seen = shop.visitor(&token).await.open_window(&[]).await.expect("a window");
    assert!(!serde_json::to_string(&seen).expect("JSON").contains("ééé"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_with_nothing_to_be_told_hears_that_its_line_is_there() {
    let shop = Shop::new().await;
    let mut line = shop.stranger().await;
    assert!(matches!(line.next(QUIET).await, Some(WindowFrame::State { .. })));
    // a browser tells its page of no ping
    let long = Duration::from_micros(BEAT.unsigned_abs()) + Duration::from_secs(3);
    assert_eq!(line.next(long).await, Some(WindowFrame::Beat));
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_see_who_is_here_and_who_went() {
    let shop = Shop::new().await;
    let token = shop.visit().await;
    let mut tab = shop.tab().await;
    let line = shop.window(&token, 0).await;
    let chat = shop.chat(&token, "Hello").await;
    let here = Frame::Visitor { chat: chat.clone(), doing: VisitorDoing::Here };
    assert_eq!(tab.until(is_visitor).await, here, "with their first words");
    let second = shop.window(&token, 0).await;
    let mut late = shop.tab().await;
    assert_eq!(late.until(is_visitor).await, here, "for whoever comes later");
    line.close().await;
    second.close().await;
    // a page loaded anew
    let again = shop.window(&token, 0).await;
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    again.close().await;
    assert_eq!(tab.until(is_visitor).await, Frame::Visitor { chat: chat.clone(), doing: VisitorDoing::Away });
    let agent = shop.world.agent(&shop.founder).await;
    agent.set_presence(model::agent::Presence::Away).await.expect("away");
    let back = shop.window(&token, 0).await;
    assert_eq!(tab.until(is_visitor).await, here, "and back");
    back.close().await;
}
