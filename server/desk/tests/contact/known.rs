//! Tags and attributes: said by agents, said by the site, filtered by.

use std::collections::BTreeMap;

use model::{
    ContactId, Refusal, Why,
    contact::{list::Asked, profile::Tab},
    conversation::TAGS_MOST,
    visitor::ATTRIBUTES_MOST,
};

use crate::{
    common::{JOANA, chat_form, details, refused},
    contract, make,
};

/// Tags and attributes as they are shown; what the site says with a star.
async fn known(agent: &desk::Agent, id: &ContactId) -> (Vec<String>, Vec<String>) {
    let card = agent.open_contact(id.clone(), Tab::Notes).await.unwrap().card;
    let star = |site: bool| if site { "*" } else { "" };
    let tags = card.tags.iter().map(|tag| format!("{}{}", tag.name, star(tag.site))).collect();
    (tags, card.attributes.iter().map(|one| format!("{}={}{}", one.name, one.value, star(one.site))).collect())
}

async fn called(agent: &desk::Agent, filters: &[&str]) -> Vec<String> {
    let asked = Asked::from_pairs(filters.iter().map(|filter| ("filter", *filter)).chain([("order", "name")]));
    assert_eq!(asked.filters.len(), filters.len(), "{filters:?}");
    agent.list_contacts(asked).await.unwrap().cards.into_iter().map(|card| card.contact.name).collect()
}

contract!(agents_tag_contacts_and_say_things_under_names, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let ana = make(marta, "Ana", "", "ana@x.example", "").await.unwrap();
    marta.tag_contact(ana.clone(), " #VIP ").await.unwrap();
    rui.tag_contact(ana.clone(), "Big School").await.unwrap();
    rui.tag_contact(ana.clone(), "vip").await.unwrap();
    marta.set_contact_attribute(ana.clone(), "Customer number", "K-17").await.unwrap();
    rui.set_contact_attribute(ana.clone(), "Plan", " Gold ").await.unwrap();
    let shown = known(marta, &ana).await;
    assert_eq!(shown.0, ["big-school", "vip"]);
    assert_eq!(shown.1, ["Customer number=K-17", "Plan=Gold"]);
    let labels = rui.list_contact_labels().await.unwrap();
    assert_eq!(
        (labels.tags, labels.attributes),
        (vec!["big-school".to_owned(), "vip".into()], vec!["Customer number".to_owned(), "Plan".into()])
    );
    // what says nothing new is told nobody
    let head = marta.roster().await.unwrap().head;
    marta.tag_contact(ana.clone(), "vip").await.unwrap();
    marta.untag_contact(ana.clone(), "never").await.unwrap();
    marta.set_contact_attribute(ana.clone(), "Plan", "Gold").await.unwrap();
    assert_eq!(marta.roster().await.unwrap().head, head);
    marta.untag_contact(ana.clone(), "Big School").await.unwrap();
    marta.set_contact_attribute(ana.clone(), "Plan", "").await.unwrap();
    assert_eq!(known(marta, &ana).await, (vec!["vip".into()], vec!["Customer number=K-17".into()]));
    assert_eq!(refused(marta.tag_contact(ana.clone(), "<b>").await), Refusal::invalid("tag", Why::Unknown));
    assert_eq!(refused(marta.set_contact_attribute(ana.clone(), " = ", "x").await), Refusal::invalid("name", Why::Required));
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.tag_contact(ana.clone(), "mine").await), Refusal::NotFound);
    assert_eq!(refused(olga.untag_contact(ana.clone(), "vip").await), Refusal::NotFound);
    assert_eq!(refused(olga.set_contact_attribute(ana, "Plan", "None").await), Refusal::NotFound);
    assert_eq!(olga.list_contact_labels().await.unwrap(), model::contact::known::Labels::default());
});

contract!(there_is_an_end_to_tags_and_attributes, |ground| async {
    let shop = ground.shop().await;
    let ana = make(&shop.marta, "Ana", "", "", "112").await.unwrap();
    for n in 0..TAGS_MOST {
        shop.marta.tag_contact(ana.clone(), &format!("t{n}")).await.unwrap();
    }
    assert_eq!(refused(shop.marta.tag_contact(ana.clone(), "more").await), Refusal::invalid("tag", Why::TooMany(TAGS_MOST)));
    for n in 0..ATTRIBUTES_MOST {
        shop.marta.set_contact_attribute(ana.clone(), &format!("a{n}"), "x").await.unwrap();
    }
    let many = shop.marta.set_contact_attribute(ana.clone(), "more", "x").await;
    assert_eq!(refused(many), Refusal::invalid("name", Why::TooMany(ATTRIBUTES_MOST)));
    let shown = known(&shop.marta, &ana).await;
    assert_eq!((shown.0.len(), shown.1.len()), (TAGS_MOST as usize, ATTRIBUTES_MOST as usize));
});

contract!(what_the_site_says_of_a_visitor_is_known_of_the_contact, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let said = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let visitor = ground.visit(marta).await;
    // before anybody knows who it is
    visitor.set_attributes(said(&[("Plan", "Free"), ("a=b", "7")])).await.unwrap();
    visitor.tag("beta").await.unwrap();
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    let contact = marta.open_thread(chat.clone()).await.unwrap().line.contact.id;
    assert_eq!(known(marta, &contact).await, (vec!["beta*".into()], vec!["Plan=Free*".into(), "a b=7*".into()]));
    // an agent says otherwise, then no more
    marta.set_contact_attribute(contact.clone(), "Plan", "Gold").await.unwrap();
    marta.tag_contact(contact.clone(), "vip").await.unwrap();
    visitor.set_attributes(said(&[("Plan", "Trial"), ("a=b", "")])).await.unwrap();
    visitor.tag("new").await.unwrap();
    visitor.untag("beta").await.unwrap();
    let panel = marta.open_thread(chat.clone()).await.unwrap().card;
    assert_eq!(panel.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["new", "vip"]);
    assert_eq!(known(marta, &contact).await, (vec!["new*".into(), "vip".into()], vec!["Plan=Gold".into()]));
    marta.untag_contact(contact.clone(), "new").await.unwrap();
    marta.set_contact_attribute(contact.clone(), "Plan", "").await.unwrap();
    assert_eq!(known(marta, &contact).await, (vec!["new*".into(), "vip".into()], vec!["Plan=Trial*".into()]));
    // it is Joana: what the site says goes with her, what agents say of the unknown one stays
    let joana = make(marta, JOANA.0, "", JOANA.1, "").await.unwrap();
    visitor.leave_details(chat, details(JOANA)).await.unwrap();
    assert_eq!(known(marta, &joana).await, (vec!["new*".into()], vec!["Plan=Trial*".into()]));
    assert_eq!(known(marta, &contact).await, (vec!["vip".into()], vec![]));
});

contract!(contacts_are_filtered_by_tags_and_attributes, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    for (name, tags, plan) in
        [("Ana", &["vip", "school"][..], "Gold"), ("Bea", &["vip"], "Free %_"), ("Cid", &[], ""), ("Dora", &["vip-old"], "gold plus")]
    {
        let id = make(marta, name, "", &format!("{name}@x.example"), "").await.unwrap();
        for tag in tags {
            marta.tag_contact(id.clone(), tag).await.unwrap();
        }
        marta.set_contact_attribute(id, "Plano", plan).await.unwrap();
    }
    for (filters, who) in [
        (&["tag.is.VIP"][..], &["Ana", "Bea"][..]),
        (&["tag.is.#school"], &["Ana"]),
        (&["tag.is.nothing"], &[]),
        (&["tag.is.<>"], &[]),
        (&["tag.is_not.vip"], &["Cid", "Dora"]),
        (&["tag.is_not.<>"], &["Ana", "Bea", "Cid", "Dora"]),
        (&["tag.contains.vip"], &["Ana", "Bea", "Dora"]),
        (&["tag.contains.%"], &[]),
        (&["tag.known."], &["Ana", "Bea", "Dora"]),
        (&["tag.unknown."], &["Cid"]),
        (&["tag.is.vip", "tag.is.school"], &["Ana"]),
        (&["attribute.is.plano=gold"], &["Ana"]),
        (&["attribute.is.PLÁNO=GOLD  plus"], &["Dora"]),
        (&["attribute.is.other=gold"], &[]),
        (&["attribute.is.plano=!!!"], &[]),
        (&["attribute.is_not.plano=gold"], &["Bea", "Cid", "Dora"]),
        (&["attribute.contains.plano=gold"], &["Ana", "Dora"]),
        (&["attribute.contains.plano=%"], &[]),
        (&["attribute.known.plano"], &["Ana", "Bea", "Dora"]),
        (&["attribute.unknown.plano"], &["Cid"]),
        (&["attribute.unknown.other"], &["Ana", "Bea", "Cid", "Dora"]),
        (&["attribute.known.plano", "tag.is.vip", "name.is_not.ana"], &["Bea"]),
        (&["attribute.is.' or 1=1 --=x"], &[]),
    ] {
        assert_eq!(called(marta, filters).await, who, "{filters:?}");
    }
    let asked = Asked::from_pairs([("search", "a"), ("filter", "tag.is.vip")]);
    assert_eq!(marta.list_contacts(asked.clone()).await.unwrap().cards.len(), 1);
    let segment = marta.save_segment("Important", asked.clone()).await.unwrap();
    let kept = marta.list_segments().await.unwrap();
    assert_eq!((&kept[0].id, &kept[0].asked), (&segment, &asked));
});

contract!(a_tag_that_many_have_is_listed_in_parts, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    for n in 0..120 {
        let id = make(marta, &format!("Person {n}"), "", "", "112").await.unwrap();
        if n % 2 == 0 {
            marta.tag_contact(id, "even").await.unwrap();
        }
    }
    let mut all = marta.list_contacts(Asked::from_pairs([("filter", "tag.is.even")])).await.unwrap();
    assert!(all.more.is_some() && all.cards.len() < 60);
    while let Some(after) = all.more.clone() {
        let part = marta.list_more_contacts(all.asked.clone(), after).await.unwrap();
        all.extend(part);
    }
    assert_eq!(all.cards.len(), 60);
});
