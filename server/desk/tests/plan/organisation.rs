//! The walk through organisations: listed, found, opened, made, joined, changed and deleted.

use desk::{Agent, Desk};
use model::{
    contact::{form::ContactForm, list::Asked},
    organisation::OrganisationForm,
};

/// All of it.
pub async fn all(desk: &Desk, marta: &Agent) {
    for search in ["", "hotel", "a", "00.example"] {
        let list = marta.list_organisations(search).await.expect("a list");
        if let Some(more) = list.more {
            marta.list_more_organisations(search, &more).await.expect("more");
        }
    }
    let hotel =
        marta.list_contacts(Asked::from_pairs([("filter", "organisation.is.hotel miramar")])).await.expect("a list").cards.remove(0);
    let hotel = hotel.organisation_id.expect("an organisation");
    let opened = marta.open_organisation(hotel.clone()).await.expect("opened");
    marta.list_organisation_lines(hotel.clone(), opened.more.expect("more")).await.expect("more");
    let described = |name: &str, domains: &str| {
        OrganisationForm { name: name.into(), domains: domains.into(), notes: String::new() }.check().expect("a form")
    };
    marta.change_organisation(hotel.clone(), described("Hotel Mira", "mira.example")).await.expect("changed");
    let made = marta.create_organisation(described("Werk", "werk.example\nwerk.test.example")).await.expect("made");
    let form = ContactForm { name: "Eva".into(), emails: "eva@werk.example".into(), ..ContactForm::default() };
    let eva = marta.create_contact(form.check().expect("a form")).await.expect("made");
    let form = ContactForm { name: "Eva".into(), organisation: "Other Works".into(), ..ContactForm::default() };
    marta.change_contact(eva, form.check().expect("a form"), None).await.expect("changed");
    marta.delete_organisation(hotel, "Baker & Reed Interiors").await.expect("begun");
    marta.delete_organisation(made, "").await.expect("gone");
    while desk.clock_tick().await.expect("told") > 0 {}
}
