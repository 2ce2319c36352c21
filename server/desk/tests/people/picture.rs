//! Pictures of agents: who sees them, and until when.

use desk::Agent;
use model::{Refusal, Why};

use crate::{
    common::{chat_form, follows, picture, refused, words},
    contract,
};

/// The name of an agent's picture as a colleague sees it.
async fn seen(by: &Agent, of: &Agent) -> Option<String> {
    by.roster().await.unwrap().agent(of.id()).unwrap().picture.clone()
}

contract!(a_picture_is_seen_in_every_property_until_it_is_taken_away, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let elsewhere = shop.marta.create_property("Outlet", model::Language::English, "UTC").await.unwrap();
    assert_eq!(seen(&shop.rui, &shop.marta).await, None);
    follows(&shop.rui, shop.marta.change_picture(picture(200))).await;
    let first = seen(&shop.rui, &shop.marta).await.expect("a picture");
    assert!(ground.open_picture(&first).await.unwrap().starts_with(b"\xff\xd8\xff"), "a JPEG");
    shop.marta.switch_property(elsewhere).await.unwrap();
    let there = ground.agent(&shop.marta_token).await.unwrap();
    assert_eq!(seen(&there, &shop.marta).await.as_ref(), Some(&first));
    follows(&shop.rui, there.change_picture(picture(50))).await;
    let second = seen(&shop.rui, &shop.marta).await.expect("another");
    assert_ne!(first, second);
    assert_eq!(refused(ground.open_picture(&first).await), Refusal::NotFound, "nobody has it any more");
    // two of one picture are one picture
    olga.change_picture(picture(50)).await.unwrap();
    follows(&shop.rui, there.remove_picture()).await;
    assert_eq!(seen(&shop.rui, &shop.marta).await, None);
    assert!(ground.open_picture(&second).await.is_ok(), "Olga has it");
    olga.remove_picture().await.unwrap();
    for name in [second.as_str(), first.as_str(), "", "../recado.db"] {
        assert_eq!(refused(ground.open_picture(name).await), Refusal::NotFound, "{name}");
    }
});

contract!(what_is_no_picture_leaves_the_old_one, |ground| async {
    let shop = ground.shop().await;
    shop.rui.change_picture(picture(200)).await.unwrap();
    let before = seen(&shop.marta, &shop.rui).await;
    for (bytes, why) in [(b"".to_vec(), Why::Required), (b"<svg/>".to_vec(), Why::NotAPicture), (vec![0; 11 << 20], Why::PictureTooLarge)] {
        assert_eq!(refused(shop.rui.change_picture(bytes).await), Refusal::invalid("file", why));
    }
    assert_eq!(seen(&shop.marta, &shop.rui).await, before);
});

contract!(a_visitor_is_told_the_pictures_of_who_came_into_their_chat_alone, |ground| async {
    let shop = ground.shop().await;
    shop.marta.change_picture(picture(200)).await.unwrap();
    shop.rui.change_picture(picture(50)).await.unwrap();
    let (hidden, shown) = (seen(&shop.rui, &shop.marta).await.unwrap(), seen(&shop.marta, &shop.rui).await.unwrap());
    let visitor = ground.visit(&shop.marta).await;
    let neighbour = ground.visit(&shop.marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    shop.rui.reply(chat.clone(), words("Hello!")).await.unwrap();
    let window = visitor.open_window(&[]).await.unwrap();
    assert_eq!(window.picture(shop.rui.id()), shown);
    shop.rui.leave_chat(chat).await.unwrap();
    shop.rui.change_picture(picture(7)).await.unwrap();
    shop.marta.change_picture(picture(8)).await.unwrap();
    let told = visitor.told_since(window.head).await.unwrap().unwrap();
    assert!(told.iter().any(|told| told.front.is_some()), "their browsers load it anew");
    let window = visitor.open_window(&[]).await.unwrap();
    let changed = seen(&shop.marta, &shop.rui).await.unwrap();
    assert_eq!(window.picture(shop.rui.id()), changed, "also of who left");
    assert!(window.chat().unwrap().host().is_none());
    for visitor in [visitor, neighbour] {
        let texts = [
            serde_json::to_string(&visitor.open_window(&[]).await.unwrap()).unwrap(),
            serde_json::to_string(&visitor.told_since(0).await.unwrap().unwrap()).unwrap(),
        ];
        for secret in [&hidden, &seen(&shop.rui, &shop.marta).await.unwrap()] {
            assert!(texts.iter().all(|text| !text.contains(secret)), "Marta was in no chat");
        }
    }
});
