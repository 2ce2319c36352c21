//! The list: its two orders, a part at a time, and what is found.

use model::{
    Assignee, Refusal,
    contact::list::{Asked, Contacts, Order},
    moment::MINUTE,
};

use crate::{
    change,
    common::{JOANA, refused, ticket, words},
    contract, make,
};

fn names(contacts: &Contacts) -> Vec<&str> {
    contacts.cards.iter().map(|card| card.contact.called()).collect()
}

async fn found(agent: &desk::Agent, search: &str) -> Vec<String> {
    let contacts = agent.list_contacts(Asked::new(search, "name")).await.expect("a list");
    names(&contacts).into_iter().map(str::to_owned).collect()
}

contract!(the_last_one_spoken_with_is_first_and_names_are_sorted_without_marks, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    assert!(marta.list_contacts(Asked::default()).await.unwrap().cards.is_empty());
    for (name, email) in [("Zoé Ávila", "zoe@x.example"), ("Ângela Reis", "angela@x.example"), ("", "boris@x.example")] {
        make(marta, name, "", email, "").await.unwrap();
        ground.clock.pass(MINUTE);
    }
    let newest = marta.list_contacts(Asked::default()).await.unwrap();
    assert_eq!(names(&newest), ["boris@x.example", "Ângela Reis", "Zoé Ávila"]);
    let by_name = marta.list_contacts(Asked::new("", "name")).await.unwrap();
    assert_eq!(names(&by_name), ["Ângela Reis", "boris@x.example", "Zoé Ávila"]);
    // a ticket of one brings them to the top, each word again
    let id = ticket(marta, "Late order", Assignee::Nobody).await;
    assert_eq!(names(&marta.list_contacts(Asked::default()).await.unwrap())[0], JOANA.0);
    ground.clock.pass(MINUTE);
    marta.reply(id.clone(), words("Here it is.")).await.unwrap();
    let first = marta.list_contacts(Asked::default()).await.unwrap().cards.remove(0);
    assert_eq!(first.last_at, marta.open_thread(id).await.unwrap().line.last_at);
});

contract!(every_contact_comes_once_however_many_parts_there_are, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    for n in 0..230 {
        // some of one moment and one name: the identity decides
        make(marta, &format!("Person {}", n / 3), "", &format!("p{n}@x.example"), "").await.unwrap();
        if n % 4 == 0 {
            ground.clock.pass(MINUTE);
        }
    }
    for (order, search) in [(Order::Newest, ""), (Order::Name, ""), (Order::Newest, "person"), (Order::Name, "per exam")] {
        let mut all = marta.list_contacts(Asked { order, ..Asked::new(search, "") }).await.unwrap();
        assert!(all.cards.len() < 60, "the first part is {} long", all.cards.len());
        let mut parts = 1;
        while let Some(after) = all.more.clone() {
            let part = marta.list_more_contacts(all.asked.clone(), after).await.unwrap();
            let before = all.cards.len();
            let came = part.cards.len();
            all.extend(part);
            assert_eq!(all.cards.len(), before + came, "each comes once");
            parts += 1;
        }
        assert!(parts >= 3);
        assert_eq!(all.cards.len(), 230, "{order} {search:?}");
        let keys: Vec<_> = all.cards.iter().map(|card| (card.last_at, card.sorted_as.clone(), card.contact.id.clone())).collect();
        let sorted = match order {
            Order::Newest => keys.windows(2).all(|two| (two[0].0, &two[0].2) > (two[1].0, &two[1].2)),
            Order::Name => keys.windows(2).all(|two| (&two[0].1, &two[0].2) < (&two[1].1, &two[1].2)),
        };
        assert!(sorted, "{order} {search:?}");
    }
});

contract!(people_are_found_by_beginnings_of_what_is_known_of_them, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    make(marta, "Joana Prates", "Colégio Novo Rumo", "joana@correio.example\nj.prates@escola.example", "+351 912 000 118").await.unwrap();
    make(marta, "João Prado", "", "joao@x.example", "").await.unwrap();
    make(marta, "Дмитрий", "Weiß & Söhne", "", "030 4471").await.unwrap();
    for (search, who) in [
        ("joa", &["Joana Prates", "João Prado"][..]),
        ("JOÃO", &["João Prado"]),
        ("pra joan", &["Joana Prates"]),
        ("joana@correio", &["Joana Prates"]),
        ("escola", &["Joana Prates"]),
        ("colegio rumo", &["Joana Prates"]),
        ("000118", &["Joana Prates"]),
        ("+351 912", &["Joana Prates"]),
        ("0118", &["Joana Prates"]),
        ("дмит", &["Дмитрий"]),
        ("weiss", &["Дмитрий"]),
        ("ana", &[]),
        ("joana nobody", &[]),
        // what has no letter searches for nothing
        ("%_'\"\\", &["Joana Prates", "João Prado", "Дмитрий"]),
    ] {
        assert_eq!(found(marta, search).await, who, "{search}");
    }
    // what is not known any more finds nobody, what is new does
    let joana = marta.list_contacts(Asked::new("joana", "")).await.unwrap().cards.remove(0).contact.id;
    change(marta, &joana, "Joana Silva", "joana@correio.example", "").await.unwrap();
    assert!(found(marta, "prates").await.is_empty() && found(marta, "escola").await.is_empty());
    assert_eq!(found(marta, "silva").await, ["Joana Silva"]);
});

contract!(every_filter_says_what_it_says, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    make(marta, "Joana Prates", "Colégio Novo Rumo", "joana@correio.example\nj_prates@escola.example", "+351 912 000 118\n112")
        .await
        .unwrap();
    make(marta, "João", "colegio  novo rumo", "", "030 4471").await.unwrap();
    make(marta, "", "", "jaxprates@x.example", "").await.unwrap();
    ground.clock.pass(3 * model::moment::DAY);
    make(marta, "Zoe %_! 0", "Acme", "zoe@x.example", "").await.unwrap();
    let today = {
        let zone = marta.roster().await.unwrap().zone;
        let local = zone.local(ground.clock.now());
        format!("{:04}-{:02}-{:02}", local.year, local.month, local.day)
    };
    let (joana, joao, jax, zoe) = ("Joana Prates", "João", "jaxprates@x.example", "Zoe %_! 0");
    for (filters, who) in [
        (&["name.is.JOANA  prates"][..], &[joana][..]),
        (&["name.is.joana"], &[]),
        (&["name.is_not.joão"], &[jax, joana, zoe]),
        (&["name.contains.OA"], &[joana, joao]),
        (&["name.unknown."], &[jax]),
        (&["name.known."], &[joana, joao, zoe]),
        (&["organisation.is.Colegio Novo Rumo"], &[joana, joao]),
        (&["organisation.is_not.acme"], &[jax, joana, joao]),
        (&["organisation.contains.rumo"], &[joana, joao]),
        (&["organisation.unknown."], &[jax]),
        (&["email.is.J_Prates@escola.example"], &[joana]),
        // a sign is itself, not any sign
        (&["email.contains.j_prates"], &[joana]),
        (&["email.contains.%"], &[]),
        (&["email.is_not.zoe@x.example"], &[jax, joana, joao]),
        (&["email.unknown."], &[joao]),
        (&["email.known."], &[jax, joana, zoe]),
        (&["phone.is.+351 (912) 000-118"], &[joana]),
        (&["phone.is.112"], &[joana]),
        (&["phone.is.11"], &[]),
        (&["phone.contains.4471"], &[joao]),
        (&["phone.contains.home"], &[]),
        (&["phone.is_not.112"], &[jax, joao, zoe]),
        (&["phone.known."], &[joana, joao]),
        (&["phone.unknown."], &[jax, zoe]),
        (&["phone.known.", "organisation.contains.rumo", "name.is_not.joana prates"], &[joao]),
        (&["name.is.!!!"], &[]),
        (&["name.is_not.!!!"], &[jax, joana, joao, zoe]),
        (&["name.contains.' or 1=1 --"], &[]),
        (&[&format!("created.from.{today}")], &[zoe]),
        (&[&format!("created.until.{today}")], &[jax, joana, joao, zoe]),
        (&[&format!("active.from.{today}"), "email.known."], &[zoe]),
        (&[&format!("changed.from.{today}")], &[zoe]),
        (&["changed.until.1999-12-31"], &[]),
        (&["active.until.1999-12-31"], &[]),
    ] {
        let pairs = filters.iter().map(|filter| ("filter", *filter)).chain([("order", "name")]);
        let asked = Asked::from_pairs(pairs);
        assert_eq!(asked.filters.len(), filters.len(), "{filters:?}");
        let found = marta.list_contacts(asked).await.unwrap();
        assert_eq!(names(&found), who, "{filters:?}");
    }
    // who is changed is changed from then on
    let id = marta.list_contacts(Asked::new("jaxprates", "")).await.unwrap().cards.remove(0).contact.id;
    change(marta, &id, "Jax", "jaxprates@x.example", "").await.unwrap();
    let changed = format!("changed.from.{today}");
    let changed = Asked::from_pairs([("filter", changed.as_str()), ("order", "name")]);
    assert_eq!(names(&marta.list_contacts(changed).await.unwrap()), ["Jax", zoe]);
    // what is searched for and what filters hold together
    let both = Asked::from_pairs([("search", "prates"), ("filter", "name.known.")]);
    assert_eq!(names(&marta.list_contacts(both).await.unwrap()), [joana]);
});

contract!(a_segment_is_kept_for_everybody_under_one_name, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let asked = Asked::from_pairs([("search", "joana"), ("filter", "phone.known."), ("order", "name")]);
    let id = rui.save_segment(" Schools ", asked.clone()).await.unwrap();
    let kept = marta.list_segments().await.unwrap();
    assert_eq!(kept.iter().map(|one| (&one.id, one.name.as_str(), &one.asked)).collect::<Vec<_>>(), [(&id, "Schools", &asked)]);
    assert_eq!(refused(marta.save_segment("Schools", Asked::default()).await), Refusal::Taken { field: "name".into() });
    let (olga, _) = ground.other_shop(&shop).await;
    assert!(olga.list_segments().await.unwrap().is_empty());
    assert_eq!(refused(olga.delete_segment(id.clone()).await), Refusal::NotFound);
    marta.delete_segment(id).await.unwrap();
    assert!(rui.list_segments().await.unwrap().is_empty());
});

contract!(a_common_word_is_found_in_the_order_of_the_list, |ground| async {
    // more than are counted as few: contacts are looked at in their order instead of found first
    let shop = ground.shop().await;
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                for statement in [
                    "create table digit (d bigint not null)",
                    "insert into digit (d) values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
                    "insert into contact (property, id, name, email, created_at, last_at, sorted_as) \
                     select p.id, 'contact00000000000000' || a.d || b.d || c.d || e.d, 'Common', '', 0, a.d + b.d * 10 + c.d * 100 + e.d * 1000, 'common' \
                     from property p cross join digit a cross join digit b cross join digit c cross join digit e where e.d < 2",
                    "insert into contact_word (property, contact, word) select property, id, 'common' from contact",
                    "insert into contact_word (property, contact, word) select property, id, 'rare' from contact where last_at = 77",
                ] {
                    sqlx::query(statement).execute(tx.conn()).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    let all = shop.marta.list_contacts(Asked::new("comm", "")).await.unwrap();
    assert_eq!(all.cards.iter().map(|card| card.last_at.0).take(3).collect::<Vec<_>>(), [1999, 1998, 1997]);
    let both = shop.marta.list_contacts(Asked::new("comm rare", "")).await.unwrap();
    assert_eq!(both.cards.iter().map(|card| card.last_at.0).collect::<Vec<_>>(), [77]);
});

contract!(contacts_of_an_earlier_database_are_found_once_the_clock_has_seen_them, |ground| async {
    let shop = ground.shop().await;
    ticket(&shop.marta, "Late order", Assignee::Nobody).await;
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                sqlx::query("update contact set sorted_as = '', index_version = 0").execute(tx.conn()).await?;
                Ok(sqlx::query("delete from contact_word").execute(tx.conn()).await.map(drop)?)
            })
        })
        .await
        .unwrap();
    assert!(found(&shop.marta, "joana").await.is_empty());
    ground.clock_tick().await.unwrap();
    assert_eq!(found(&shop.marta, "joana").await, [JOANA.0]);
});

contract!(what_is_asked_for_is_a_table_that_does_nothing, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let id = make(marta, "=cmd|'/c calc'!A1", "Weiß, \"Söhne\"", "b@x.example\na@x.example", "+351 912 000 118").await.unwrap();
    marta.set_contact_attribute(id.clone(), "Plan", "-1").await.unwrap();
    marta.tag_contact(id, "vip").await.unwrap();
    make(marta, "Rui", "", "rui@x.example", "").await.unwrap();
    assert_eq!(refused(rui.export_contacts(Asked::default()).await), Refusal::Forbidden);
    let (table, name) = marta.export_contacts(Asked::from_pairs([("filter", "tag.is.vip")])).await.unwrap();
    let text = String::from_utf8(table).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}Name,E-mail addresses,Phones,Organisation,Tags,First seen,Last activity,Plan");
    assert!(
        lines[1].starts_with("'=cmd|'/c calc'!A1,\"b@x.example, a@x.example\",'+351 912 000 118,\"Weiß, \"\"Söhne\"\"\",vip,20"),
        "{text}"
    );
    assert!(lines[1].ends_with(",'-1") && lines.len() == 3, "{text}");
    assert_eq!((&name[..11], &name[19..]), ("contacts-20", ".csv"));
    // all of them, however many parts there are
    for n in 0..1_010 {
        make(marta, "Person", "", &format!("p{n}@x.example"), "").await.unwrap();
    }
    let (table, _) = marta.export_contacts(Asked::default()).await.unwrap();
    assert_eq!(String::from_utf8(table).unwrap().lines().count(), 1_013);
});

contract!(contacts_of_another_property_are_not_there, |ground| async {
    let shop = ground.shop().await;
    let (olga, _) = ground.other_shop(&shop).await;
    let id = make(&shop.marta, "Joana", "", "joana@x.example", "").await.unwrap();
    assert!(olga.list_contacts(Asked::new("joana", "")).await.unwrap().cards.is_empty());
    assert_eq!(refused(change(&olga, &id, "Olga's", "", "").await), Refusal::NotFound);
    // the same address is somebody else there
    make(&olga, "Another Joana", "", "joana@x.example", "").await.unwrap();
    assert_eq!(found(&shop.marta, "joana").await, ["Joana"]);
});
