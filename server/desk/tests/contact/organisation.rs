//! Organisations: found and made by what is typed of contacts, joined by domains, called otherwise, deleted; listed and opened.

use desk::{Agent, Error};
use model::{
    Assignee, ContactId, OrganisationId, Refusal, Why,
    agent::Reach,
    contact::{form::ContactForm, list::Asked, merge::Choice, profile::Tab},
    moment::SECOND,
    organisation::{Described, Opened, OrganisationForm},
    ticket::TicketForm,
};

use crate::{
    common::{chat_form, refused, ticket},
    contract, make,
};

/// The way back to the schema before organisations, with what contacts said then.
const BACK: [&str; 10] = [
    "drop index contact_of_organisation",
    "alter table contact drop column organisation",
    "alter table contact add column organisation text not null default ''",
    "drop table organisation_domain",
    "drop table organisation",
    "delete from migration where name = '0140_organisation'",
    "update contact set organisation = 'Água Limpa', organisation_as = 'agua0limpa' where name = 'Ana'",
    "update contact set organisation = 'agua limpa', organisation_as = 'agua0limpa' where name = 'Bea'",
    "update contact set organisation = '***', organisation_as = '' where name = 'Cid'",
    "update contact set index_version = 1",
];

fn described(name: &str, domains: &str, notes: &str) -> Described {
    let form = OrganisationForm { name: name.into(), domains: domains.into(), notes: notes.into() };
    form.check().expect("a good form")
}

async fn works_for(agent: &Agent, contact: &ContactId) -> (Option<OrganisationId>, String) {
    let card = agent.open_contact(contact.clone(), Tab::Notes).await.unwrap().card;
    (card.organisation_id, card.organisation)
}

async fn id_of(agent: &Agent, contact: &ContactId) -> OrganisationId {
    works_for(agent, contact).await.0.expect("an organisation")
}

/// Types an organisation at a contact, as its form does.
async fn put(agent: &Agent, contact: &ContactId, name: &str, organisation: &str) -> Result<(), Error> {
    let form = ContactForm { name: name.into(), organisation: organisation.into(), ..ContactForm::default() };
    agent.change_contact(contact.clone(), form.check()?, None).await
}

async fn names(agent: &Agent, search: &str) -> Vec<String> {
    agent.list_organisations(search).await.unwrap().rows.into_iter().map(|row| row.name).collect()
}

async fn opened(agent: &Agent, id: &OrganisationId) -> Opened {
    agent.open_organisation(id.clone()).await.unwrap()
}

async fn found(agent: &Agent, pairs: &[(&str, &str)]) -> Vec<String> {
    let all = agent.list_contacts(Asked::from_pairs(pairs.iter().copied())).await.unwrap();
    let mut all: Vec<String> = all.cards.into_iter().map(|card| card.contact.name).collect();
    all.sort();
    all
}

contract!(what_is_typed_of_a_contact_finds_or_makes_the_organisation, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let ana = make(marta, "Ana", "Colégio Novo Rumo", "", "112").await.unwrap();
    let bea = make(rui, "Bea", "colegio  novo rumo", "", "113").await.unwrap();
    let cid = make(rui, "Cid", "", "", "114").await.unwrap();
    let (school, name) = works_for(marta, &bea).await;
    assert_eq!((school.as_ref(), name.as_str()), (Some(&id_of(marta, &ana).await), "Colégio Novo Rumo"), "one, in its first spelling");
    assert_eq!(works_for(marta, &cid).await, (None, String::new()));
    assert_eq!(found(marta, &[("filter", "organisation.is.colegio novo rumo")]).await, ["Ana", "Bea"]);
    assert_eq!(found(marta, &[("filter", "organisation.unknown.")]).await, ["Cid"]);
    assert_eq!(found(marta, &[("search", "rumo")]).await, ["Ana", "Bea"]);
    // one of which nothing is known but the name goes with its last contact
    put(marta, &bea, "Bea", "Acme & Co").await.unwrap();
    assert_eq!(names(marta, "").await, ["Acme & Co", "Colégio Novo Rumo"]);
    put(marta, &bea, "Bea", "").await.unwrap();
    assert_eq!(names(marta, "").await, ["Colégio Novo Rumo"]);
    // and one of which more is known does not
    let school = school.unwrap();
    marta.change_organisation(school.clone(), described("Colégio Novo Rumo", "", "Pays late")).await.unwrap();
    put(marta, &ana, "Ana", "").await.unwrap();
    assert_eq!(opened(marta, &school).await.contacts, 0);
    // a name of signs alone is a name, too
    put(marta, &ana, "Ana", "***").await.unwrap();
    assert_eq!(works_for(marta, &ana).await.1, "***");
    // those of others are others
    let (olga, _) = ground.other_shop(&shop).await;
    assert!(names(&olga, "").await.is_empty());
    assert_eq!(refused(olga.open_organisation(school.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.change_organisation(school.clone(), described("Mine", "", "")).await), Refusal::NotFound);
    assert_eq!(refused(olga.delete_organisation(school, "").await), Refusal::NotFound);
});

contract!(who_first_comes_with_an_address_of_its_domain_belongs_to_it, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let early = make(marta, "Early", "", "early@acme.example", "").await.unwrap();
    let acme = marta.create_organisation(described("Acme", "acme.example\nacme.test.example", "")).await.unwrap();
    assert_eq!(works_for(marta, &early).await.0, None, "who is known stays where they are");
    for domain in ["gmail.com", "mail.yahoo.com.br"] {
        let gmail = marta.create_organisation(described("Gmail", domain, "")).await;
        assert_eq!(refused(gmail), Refusal::invalid("domains", Why::PublicDomain), "{domain}");
    }
    let taken = marta.create_organisation(described("Acme Two", "acme.example", "")).await;
    assert_eq!(refused(taken), Refusal::Taken { field: "domains".into() });
    assert_eq!(names(marta, "").await, ["Acme"], "nothing is left of one that was refused");
    // by hand, by a table, by a ticket, by leaving an address in a chat
    let hand = make(marta, "Hand", "", "ana@ACME.example", "").await.unwrap();
    let other = make(marta, "Other", "Elsewhere", "bea@acme.example", "").await.unwrap();
    assert_eq!(works_for(marta, &hand).await.0.as_ref(), Some(&acme));
    assert_eq!(works_for(marta, &other).await.1, "Elsewhere");
    let import =
        marta.bring_contacts("people.csv", b"Name,E-mail\nTable,table@acme.test.example\nFree,free@gmail.com\n".to_vec()).await.unwrap();
    let columns = marta.open_contact_import(import.clone()).await.unwrap().columns;
    marta.check_contact_import(import.clone(), columns).await.unwrap();
    assert!(ground.follow_contact_imports().await.unwrap());
    marta.run_contact_import(import).await.unwrap();
    assert!(ground.follow_contact_imports().await.unwrap());
    let form = TicketForm {
        name: "Ticket".into(),
        email: "t@acme.example".into(),
        subject: "S".into(),
        text: "T".into(),
        ..TicketForm::default()
    };
    marta.open_ticket(form.check().unwrap()).await.unwrap();
    let visitor = ground.visit(marta).await;
    let chat = visitor.start_chat(chat_form("Hello")).await.unwrap();
    visitor.leave_details(chat, crate::common::details(("Chat", "chat@acme.example"))).await.unwrap();
    assert_eq!(found(marta, &[("filter", "organisation.is.acme")]).await, ["Chat", "Hand", "Table", "Ticket"]);
    // who was taken out stays out, whatever else becomes known
    put(marta, &hand, "Hand", "").await.unwrap();
    marta.tag_contact(hand.clone(), "vip").await.unwrap();
    let form = ContactForm { name: "Hand".into(), emails: "ana@acme.example\nmore@acme.example".into(), ..ContactForm::default() };
    marta.change_contact(hand.clone(), form.check().unwrap(), None).await.unwrap();
    assert_eq!(works_for(marta, &hand).await.0, None);
    marta.change_organisation(acme.clone(), described("Acme", "", "")).await.unwrap();
    let late = make(marta, "Late", "", "late@acme.example", "").await.unwrap();
    assert_eq!(works_for(marta, &late).await.0, None, "the domain was taken away");
});

contract!(it_is_called_otherwise_and_its_contacts_follow, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let mut all = vec![];
    for n in 0..53 {
        all.push(make(marta, &format!("Person {n:02}"), "Acme", "", &format!("9120001{n:02}")).await.unwrap());
        ground.clock.pass(SECOND);
    }
    make(marta, "Zoe", "Zebra", "", "115").await.unwrap();
    let acme = id_of(marta, &all[0]).await;
    assert_eq!(refused(marta.change_organisation(acme.clone(), described("ZEBRA", "", "")).await), Refusal::Taken { field: "name".into() });
    let head = marta.roster().await.unwrap().head;
    marta.change_organisation(acme.clone(), described("Acme Limited", "acme.example", "Old friends")).await.unwrap();
    let told = marta.told_since(head).await.unwrap().unwrap();
    assert_eq!(told.iter().map(|told| told.contacts.len()).sum::<usize>(), 50, "so many at once");
    assert_eq!(works_for(marta, all.last().unwrap()).await.1, "Acme Limited", "a page is right at once");
    ground.clock_tick().await.unwrap();
    assert_eq!(found(marta, &[("filter", "organisation.is.acme limited")]).await.len(), 40);
    for page in [("filter", "organisation.is.acme"), ("filter", "organisation.unknown.")] {
        assert!(found(marta, &[page]).await.is_empty(), "{page:?}");
    }
    assert_eq!(found(marta, &[("search", "limited 52")]).await, ["Person 52"]);
    let told = marta.told_since(head).await.unwrap().unwrap();
    assert_eq!(told.iter().map(|told| told.contacts.len()).sum::<usize>(), 53, "everybody, once");
    let page = opened(marta, &acme).await;
    assert_eq!((page.contacts, page.organisation.notes.as_str(), page.organisation.domains.len()), (53, "Old friends", 1));
    assert_eq!(page.cards[0].contact.name, "Person 52");
    // it is deleted, and they stay
    assert_eq!(refused(shop.rui.delete_organisation(acme.clone(), "").await), Refusal::Forbidden);
    marta.delete_organisation(acme.clone(), "").await.unwrap();
    assert_eq!(refused(marta.open_organisation(acme.clone()).await), Refusal::NotFound);
    assert_eq!(names(marta, "").await, ["Zebra"]);
    assert_eq!(works_for(marta, all.last().unwrap()).await, (None, String::new()));
    // another of the same name is another, while the last ones still go
    let again = make(marta, "Again", "Acme Limited", "again@acme.example", "").await.unwrap();
    assert_ne!(id_of(marta, &again).await, acme);
    ground.clock_tick().await.unwrap();
    assert_eq!(found(marta, &[("filter", "organisation.is.acme limited")]).await, ["Again"]);
    assert_eq!(found(marta, &[("search", "limited")]).await, ["Again"]);
    let left = sqlx::query("select 1 from organisation where ends_at is not null or spread_at is not null");
    assert!(left.fetch_all(ground.db().read()).await.unwrap().is_empty(), "nothing waits");
});

contract!(one_goes_into_another_with_contacts_and_domains, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let acme = marta.create_organisation(described("ACME Limited", "acme.example", "Old")).await.unwrap();
    let stays = marta.create_organisation(described("Acme", "acme.test.example", "")).await.unwrap();
    for n in 0..53 {
        make(marta, &format!("Person {n:02}"), "", &format!("p{n}@acme.example"), "").await.unwrap();
        ground.clock.pass(SECOND);
    }
    let (one, other) =
        (make(marta, "One", "Acme", "", "112").await.unwrap(), make(marta, "Other", "ACME Limited", "", "113").await.unwrap());
    let merge = marta.merge_contacts(one.clone(), other.clone(), Choice::new("", "stays", "", vec![])).await.unwrap();
    for name in ["none-such", "acme  limited"] {
        assert_eq!(refused(marta.delete_organisation(acme.clone(), name).await), Refusal::invalid("into", Why::Unknown), "{name}");
    }
    marta.delete_organisation(acme, "ACME").await.unwrap();
    assert_eq!(opened(marta, &stays).await.contacts, 51);
    ground.clock_tick().await.unwrap();
    let page = opened(marta, &stays).await;
    assert_eq!((page.contacts, page.organisation.domains), (54, vec!["acme.example".into(), "acme.test.example".into()]));
    assert_eq!(found(marta, &[("search", "limited")]).await, Vec::<String>::new());
    marta.undo_contact_merge(merge).await.unwrap();
    assert_eq!(works_for(marta, &other).await, (Some(stays.clone()), "Acme".to_owned()));
    let late = make(marta, "Late", "", "late@acme.example", "").await.unwrap();
    assert_eq!(id_of(marta, &late).await, stays);
});

contract!(merging_contacts_and_undoing_it_know_organisations, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let stays = make(marta, "Ana", "", "ana@x.example", "").await.unwrap();
    let goes = make(marta, "Anita", "Acme", "anita@x.example", "").await.unwrap();
    let acme = id_of(marta, &goes).await;
    let merge = marta.merge_contacts(stays.clone(), goes.clone(), Choice::new("", "", "", vec![])).await.unwrap();
    assert_eq!((id_of(marta, &stays).await, opened(marta, &acme).await.contacts), (acme.clone(), 1));
    marta.change_organisation(acme.clone(), described("Acme Limited", "", "")).await.unwrap();
    marta.undo_contact_merge(merge).await.unwrap();
    assert_eq!(works_for(marta, &stays).await, (None, String::new()), "what the merge brought goes back, whatever it is called");
    assert_eq!(works_for(marta, &goes).await, (Some(acme.clone()), "Acme Limited".to_owned()));
    // one that went meanwhile is made anew for whom it is given back to
    let other = make(marta, "Bea", "Zebra", "bea@x.example", "").await.unwrap();
    let merge = marta.merge_contacts(other.clone(), goes.clone(), Choice::new("", "goes", "", vec![])).await.unwrap();
    assert_eq!(names(marta, "").await, ["Acme Limited"]);
    marta.undo_contact_merge(merge).await.unwrap();
    assert_eq!((works_for(marta, &other).await.1, works_for(marta, &goes).await.1), ("Zebra".into(), "Acme Limited".into()));
    // deleted while one of it stands in another contact
    let merge = marta.merge_contacts(stays.clone(), goes.clone(), Choice::new("", "stays", "", vec![])).await.unwrap();
    marta.delete_organisation(acme, "").await.unwrap();
    marta.undo_contact_merge(merge).await.unwrap();
    assert_eq!(works_for(marta, &goes).await, (None, String::new()));
});

contract!(the_list_is_searched_and_read_a_part_at_a_time, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    for n in 0..45 {
        marta.create_organisation(described(&format!("Firm {n:02}"), &format!("firm{n:02}.example"), "")).await.unwrap();
    }
    let ana = make(marta, "Ana", "Água & Luz 2000", "", "112").await.unwrap();
    let first = marta.list_organisations("").await.unwrap();
    assert_eq!((first.rows.len(), first.rows[0].name.as_str(), first.rows[0].contacts), (40, "Água & Luz 2000", 1));
    assert_eq!(first.rows[0].last_at, Some(marta.open_contact(ana, Tab::Notes).await.unwrap().card.last_at));
    let rest = marta.list_more_organisations("", &first.more.unwrap()).await.unwrap();
    assert_eq!((rest.rows.len(), rest.rows[5].name.as_str(), rest.more), (6, "Firm 44", None));
    assert_eq!(rest.rows[5].domains, ["firm44.example"]);
    for (search, wanted) in
        [("luz", "Água & Luz 2000"), ("agua LU", "Água & Luz 2000"), ("2000", "Água & Luz 2000"), ("m07.exam", "Firm 07")]
    {
        assert_eq!(names(marta, search).await, [wanted], "{search}");
    }
    for search in ["none-such", "%", "' or 1=1 --", "uz"] {
        assert!(names(marta, search).await.is_empty(), "{search}");
    }
    assert!(marta.list_more_organisations("", "zzzz").await.unwrap().rows.is_empty());
});

contract!(conversations_of_its_contacts_are_listed_as_far_as_they_are_seen, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let acme = marta.create_organisation(described("Acme", "example.com", "")).await.unwrap();
    let rui = Assignee::Agent(shop.rui.id().clone());
    for n in 0..52 {
        ticket(marta, &format!("Ticket {n}"), if n % 2 == 0 { Assignee::Nobody } else { rui.clone() }).await;
        ground.clock.pass(SECOND);
    }
    let page = opened(marta, &acme).await;
    assert_eq!((page.contacts, page.lines.len(), page.lines[0].subject.as_str()), (1, 50, "Ticket 51"));
    let rest = marta.list_organisation_lines(acme.clone(), page.more.unwrap()).await.unwrap();
    assert_eq!((rest.lines.len(), rest.lines[1].subject.as_str(), rest.more), (2, "Ticket 0", None));
    marta.set_reach(shop.rui.id().clone(), Reach::Own).await.unwrap();
    let limited = ground.agent(&shop.rui_token).await.unwrap();
    let page = opened(&limited, &acme).await;
    assert_eq!((page.contacts, page.lines.len(), page.more), (1, 26, None));
    assert!(page.lines.iter().all(|line| line.assignee == rui));
});

contract!(texts_of_an_earlier_database_become_organisations, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let mut all = vec![];
    for (name, phone) in [("Ana", "112"), ("Bea", "113"), ("Cid", "114"), ("Dora", "115")] {
        all.push(make(marta, name, "", "", phone).await.unwrap());
        ground.clock.pass(SECOND);
    }
    for text in BACK {
        ground.db().write(move |tx| Box::pin(async move { Ok(sqlx::query(text).execute(tx.conn()).await.map(drop)?) })).await.unwrap();
    }
    let desk = ground.another_desk().await;
    let marta = desk.agent(&shop.marta_token).await.unwrap();
    let water = id_of(&marta, &all[0]).await;
    assert_eq!(works_for(&marta, &all[1]).await, (Some(water.clone()), "Água Limpa".to_owned()));
    assert_eq!((works_for(&marta, &all[2]).await.1, works_for(&marta, &all[3]).await), ("***".to_owned(), (None, String::new())));
    assert_eq!((opened(&marta, &water).await.contacts, names(&marta, "").await.len()), (2, 2));
    // and they are found by what is typed from now on
    put(&marta, &all[3], "Dora", "AGUA LIMPA").await.unwrap();
    put(&marta, &all[0], "Ana", "***").await.unwrap();
    assert_eq!((id_of(&marta, &all[3]).await, id_of(&marta, &all[0]).await), (water, id_of(&marta, &all[2]).await));
    desk.close().await;
});
