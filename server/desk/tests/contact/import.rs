//! Tables of contacts: looked at first, then taken in.

use std::fmt::Write as _;

use model::{
    ImportId, Refusal, Why,
    contact::{
        import::{
            Column::{Attribute, Email, Name, Organisation, Phone, Skip, Tags},
            Import, Stage,
        },
        list::Asked,
        profile::Tab,
    },
    visitor::ATTRIBUTES_MOST,
};

use crate::{common::refused, contract, make};

const TABLE: &str = "Nome;E-mail;Telefone;Empresa;Etiquetas;Plano;Criado em\r\n\
    Joana Prates;Joana@correio.example;+351 912 000 118;Colégio;vip, escola;Ouro;2020-01-01\r\n\
    Sem endereço;não é;;;;;\r\n\
    ;;;;;;\r\n\
    Rui;rui@x.example;;;;Prata;\r\n\
    Rui Costa;rui@x.example;;Oficina;;;\r\n\
    Duas;ana@x.example, bea@x.example;;;;;\r\n\
    Ana;ana@x.example;;;;;\r\n";

fn counts(import: &Import) -> (i64, i64, i64, i64) {
    (import.created, import.updated, import.same, import.refused)
}

contract!(a_table_is_looked_at_and_then_taken_in, |ground| async {
    let shop = ground.shop().await;
    let (marta, rui) = (&shop.marta, &shop.rui);
    let ana = make(marta, "Ana", "", "ana@x.example", "").await.unwrap();
    let bea = make(marta, "Bea", "", "bea@x.example", "").await.unwrap();
    marta.set_contact_attribute(ana.clone(), "Plano", "Bronze").await.unwrap();
    let id = marta.bring_contacts("pessoas.csv", TABLE.as_bytes().to_vec()).await.unwrap();
    let import = marta.open_contact_import(id.clone()).await.unwrap();
    assert_eq!((import.stage, import.total, import.sample.len()), (Stage::Choosing, 7, 3));
    assert_eq!(import.columns, [Name, Email, Phone, Organisation, Tags, Attribute, Skip]);
    assert_eq!(refused(marta.run_contact_import(id.clone()).await), Refusal::Conflict, "it was not looked at");
    for columns in [vec![Skip; 7], vec![Name]] {
        assert_eq!(refused(marta.check_contact_import(id.clone(), columns).await), Refusal::invalid("columns", Why::Required));
    }
    assert!(!ground.follow_contact_imports().await.unwrap(), "nothing goes on by itself");

    marta.check_contact_import(id.clone(), import.columns.clone()).await.unwrap();
    assert!(ground.follow_contact_imports().await.unwrap());
    let looked = marta.open_contact_import(id.clone()).await.unwrap();
    assert_eq!((looked.stage, looked.looked), (Stage::Checked, 7));
    assert_eq!(counts(&looked), (2, 1, 1, 3));
    let whys: Vec<_> = looked.refusals.iter().map(|row| (row.n, row.why.clone())).collect();
    assert_eq!(
        whys,
        [
            (2, Refusal::invalid("emails", Why::NotAnAddress)),
            (3, Refusal::invalid("name", Why::Required)),
            (6, Refusal::Taken { field: "emails".into() }),
        ]
    );
    assert_eq!(marta.list_contacts(Asked::default()).await.unwrap().cards.len(), 2, "nobody is changed yet");
    // looked at again, with other columns
    let mut columns = import.columns;
    columns[5] = Skip;
    marta.check_contact_import(id.clone(), columns.clone()).await.unwrap();
    ground.follow_contact_imports().await.unwrap();
    assert_eq!(counts(&marta.open_contact_import(id.clone()).await.unwrap()), (2, 1, 1, 3));
    columns[5] = Attribute;
    marta.check_contact_import(id.clone(), columns).await.unwrap();
    ground.follow_contact_imports().await.unwrap();

    let head = marta.roster().await.unwrap().head;
    marta.run_contact_import(id.clone()).await.unwrap();
    ground.follow_contact_imports().await.unwrap();
    let done = marta.open_contact_import(id.clone()).await.unwrap();
    assert_eq!((done.stage, counts(&done)), (Stage::Done, (2, 1, 1, 3)));
    assert_eq!(marta.roster().await.unwrap().head, head + 1, "one event for all rows of a step");
    assert_eq!(refused(marta.run_contact_import(id.clone()).await), Refusal::Conflict);
    let joana = marta.list_contacts(Asked::new("joana", "")).await.unwrap().cards.remove(0);
    assert_eq!((joana.contact.name.as_str(), joana.organisation.as_str()), ("Joana Prates", "Colégio"));
    assert_eq!(joana.phones, ["+351 912 000 118"]);
    assert_eq!(joana.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["escola", "vip"]);
    assert_eq!(joana.attributes.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect::<Vec<_>>(), [("Plano", "Ouro")]);
    // what was known is kept, what was empty is filled
    let known = marta.list_contacts(Asked::new("rui", "")).await.unwrap().cards.remove(0);
    assert_eq!((known.contact.name.as_str(), known.organisation.as_str()), ("Rui", "Oficina"));
    assert_eq!(marta.open_contact(ana, Tab::Notes).await.unwrap().card.attributes[0].value, "Bronze");
    assert_eq!(marta.open_contact(bea, Tab::Notes).await.unwrap().emails.len(), 1);
    // what could not be taken is a table again, which says why
    let (table, name) = marta.export_refused_rows(id.clone()).await.unwrap();
    let text = String::from_utf8(table).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), name.as_str()), (4, "pessoas-refused.csv"));
    assert!(lines[0].ends_with(",Reason") && lines[1].starts_with("Sem endereço,não é,"), "{text}");

    assert_eq!(refused(rui.bring_contacts("x.csv", TABLE.as_bytes().to_vec()).await), Refusal::Forbidden);
    assert_eq!(refused(rui.open_contact_import(id.clone()).await), Refusal::Forbidden);
    let (olga, _) = ground.other_shop(&shop).await;
    assert_eq!(refused(olga.open_contact_import(id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.run_contact_import(id.clone()).await), Refusal::NotFound);
    assert_eq!(refused(olga.export_refused_rows(id).await), Refusal::NotFound);
    assert_eq!(refused(marta.open_contact_import(ImportId::new()).await), Refusal::NotFound);
});

contract!(the_same_table_twice_says_nothing_new, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    // Windows-1252, by tabs, without addresses
    let table = b"First name\tLast name\tMobile\nZo\xe9\t\xc1vila\t912 000 118\nRui\tCosta\t912 000 119\n".to_vec();
    for (created, same) in [(2, 0), (0, 2)] {
        let id = marta.bring_contacts("people.txt", table.clone()).await.unwrap();
        let columns = marta.open_contact_import(id.clone()).await.unwrap().columns;
        marta.check_contact_import(id.clone(), columns).await.unwrap();
        ground.follow_contact_imports().await.unwrap();
        marta.run_contact_import(id.clone()).await.unwrap();
        ground.follow_contact_imports().await.unwrap();
        assert_eq!(counts(&marta.open_contact_import(id).await.unwrap()), (created, 0, same, 0));
    }
    let all = marta.list_contacts(Asked::new("", "name")).await.unwrap();
    assert_eq!(all.cards.iter().map(|card| card.contact.name.as_str()).collect::<Vec<_>>(), ["Rui Costa", "Zoé Ávila"]);
    for bytes in [&b""[..], b"\n\n", b"Name\n"] {
        assert_eq!(refused(marta.bring_contacts("x.csv", bytes.to_vec()).await), Refusal::invalid("file", Why::Required));
    }
});

contract!(a_large_table_goes_on_where_it_stood, |ground| async {
    let shop = ground.shop().await;
    let marta = &shop.marta;
    let mut table = "Name,E-mail\n".to_owned();
    for n in 0..1_050 {
        writeln!(table, "Person {n},p{n}@x.example").unwrap();
    }
    let id = marta.bring_contacts("many.csv", table.into_bytes()).await.unwrap();
    let columns = marta.open_contact_import(id.clone()).await.unwrap().columns;
    marta.check_contact_import(id.clone(), columns).await.unwrap();
    ground.follow_contact_imports().await.unwrap();
    marta.run_contact_import(id.clone()).await.unwrap();
    // the process died after four steps: some time later another one goes on
    ground
        .db()
        .write(|tx| {
            Box::pin(async move {
                let now = tx.now();
                let text = "update contact_import set looked = 400, created = 400, moved_at = $1";
                Ok(sqlx::query(text).bind(now.0).execute(tx.conn()).await.map(drop)?)
            })
        })
        .await
        .unwrap();
    assert!(!ground.follow_contact_imports().await.unwrap(), "somebody may be at it");
    ground.clock.pass(model::moment::MINUTE);
    assert!(ground.follow_contact_imports().await.unwrap());
    let done = marta.open_contact_import(id).await.unwrap();
    assert_eq!((done.stage, done.looked, done.created), (Stage::Done, 1_050, 1_050));
    assert_eq!(ground.number("select count(*) from contact").await, 650);
    assert_eq!(ground.number("select count(*) from event where what = 'contact_changed'").await, 13);
});

contract!(nobody_gets_more_attributes_than_anybody_may_have, |ground| async {
    let shop = ground.shop().await;
    let many = ATTRIBUTES_MOST + 1;
    let mut table = "Name,E-mail".to_owned();
    (0..many).for_each(|n| write!(table, ",Fact {n}").unwrap());
    for email in ["new@x.example", "ana@x.example"] {
        write!(table, "\r\nAna,{email}").unwrap();
        (0..many).for_each(|n| write!(table, ",{n}").unwrap());
    }
    make(&shop.marta, "Ana", "", "ana@x.example", "").await.unwrap();
    let id = shop.marta.bring_contacts("facts.csv", table.into_bytes()).await.unwrap();
    let columns = shop.marta.open_contact_import(id.clone()).await.unwrap().columns;
    shop.marta.check_contact_import(id.clone(), columns).await.unwrap();
    assert!(ground.follow_contact_imports().await.unwrap());
    let looked = shop.marta.open_contact_import(id).await.unwrap();
    assert_eq!(counts(&looked), (0, 0, 0, 2));
    assert!(looked.refusals.iter().all(|row| row.why == Refusal::invalid("name", Why::TooMany(ATTRIBUTES_MOST))), "{:?}", looked.refusals);
});
