//! What an agent chooses, and the list of their browsers.

use model::{
    PushId, Refusal,
    moment::SECOND,
    notify::{PushState, Quiet, Settings},
};

use super::{common::refused, due, endpoints, listen};
use crate::contract;

contract!(what_an_agent_chooses_is_kept_for_them_alone, |ground| async {
    let shop = ground.shop().await;
    assert_eq!(shop.marta.notify_settings().await.unwrap(), Settings::default());
    let chosen = Settings { sound: false, hide_words: true, quiet: Some(Quiet { from: 1320, to: 420 }), ..Settings::default() };
    shop.marta.change_notify_settings(Settings::default()).await.unwrap();
    shop.marta.change_notify_settings(chosen).await.unwrap();
    assert_eq!(ground.another_desk().await.agent(&shop.marta_token).await.unwrap().notify_settings().await.unwrap(), chosen);
    assert_eq!(shop.rui.notify_settings().await.unwrap(), Settings::default());
});

contract!(the_key_is_made_once_for_all_nodes, |ground| async {
    let key = |name: &str| desk::notify::PushKey { private: format!("{name}-private"), public: format!("{name}-public") };
    let first = ground.push_key(key("first")).await.unwrap();
    assert_eq!(ground.another_desk().await.push_key(key("second")).await.unwrap(), first);
    let shop = ground.shop().await;
    assert_eq!(shop.marta.notifying().await.unwrap().push_key, "first-public");
});

contract!(an_address_belongs_to_one_browser_and_goes_with_its_session, |ground| async {
    let shop = ground.shop().await;
    let first = listen(&shop.marta, "a").await;
    let second = listen(&shop.marta, "b").await;
    let browsers = shop.marta.push_browsers().await.unwrap();
    assert_eq!(browsers.iter().map(|one| (&one.id, one.current, one.state)).collect::<Vec<_>>(), [(&second, true, PushState::Fresh)]);
    assert_eq!(refused(shop.marta.unsubscribe_push(first).await), Refusal::NotFound);
    // somebody else signs in with the same browser
    listen(&shop.rui, "b").await;
    assert_eq!(shop.marta.push_browsers().await.unwrap(), []);
    assert_eq!(shop.rui.push_browsers().await.unwrap().len(), 1);
    shop.rui.sign_out().await.unwrap();
    assert_eq!(ground.number("select count(*) from push_subscription").await, 0);
});

contract!(a_browser_of_somebody_else_is_not_there, |ground| async {
    let shop = ground.shop().await;
    let id = listen(&shop.marta, "a").await;
    for id in [id.clone(), PushId::new()] {
        assert_eq!(refused(shop.rui.unsubscribe_push(id.clone()).await), Refusal::NotFound);
        assert_eq!(refused(shop.rui.test_push(id).await), Refusal::NotFound);
    }
    shop.marta.unsubscribe_push(id).await.unwrap();
});

contract!(a_test_is_sent_and_what_became_of_it_is_seen, |ground| async {
    let shop = ground.shop().await;
    let id = listen(&shop.marta, "a").await;
    shop.marta.test_push(id.clone()).await.unwrap();
    assert_eq!(shop.marta.push_browsers().await.unwrap()[0].state, PushState::Waiting);
    assert!(matches!(refused(shop.marta.test_push(id.clone()).await), Refusal::TooMany { .. }));
    let tests = due(&ground).await;
    assert_eq!((endpoints(&tests), tests[0].test, tests[0].note.title.as_str()), (vec!["a"], true, "A test by Recado"));
    ground.push_sent(&tests[0]).await.unwrap();
    assert_eq!(shop.marta.push_browsers().await.unwrap()[0].state, PushState::Sent);

    // tried again with patience, and not for ever
    ground.clock.pass(10 * SECOND);
    shop.marta.test_push(id).await.unwrap();
    let mut tries = 0;
    loop {
        let tests = due(&ground).await;
        let Some(test) = tests.first() else {
            if shop.marta.push_browsers().await.unwrap()[0].state == PushState::Failed {
                break;
            }
            continue;
        };
        tries += 1;
        ground.push_again(test, "429", Some(1)).await.unwrap();
    }
    assert_eq!(tries, 6);
    let browser = shop.marta.push_browsers().await.unwrap().remove(0);
    assert_eq!((browser.state, browser.why.as_str()), (PushState::Failed, "429"));
});

contract!(a_browser_that_is_gone_is_forgotten, |ground| async {
    let shop = ground.shop().await;
    let id = listen(&shop.marta, "a").await;
    shop.marta.test_push(id).await.unwrap();
    let tests = due(&ground).await;
    ground.push_gone(&tests[0]).await.unwrap();
    assert_eq!(shop.marta.push_browsers().await.unwrap(), []);
    assert_eq!(ground.number("select count(*) from push_out").await, 0);
});
