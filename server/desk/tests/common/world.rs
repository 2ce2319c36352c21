//! A small world: one property, Acme Shop; Marta runs it, Rui answers, Billing is the two of them; Joana is a customer.
//! All of it is made through the doors that people use.

use std::{collections::BTreeMap, future::Future};

use desk::{Agent, Arrival, Browser, Desk, Error, Visitor};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{
    Assignee, ConversationId, DepartmentId, MessageId,
    agent::Role,
    chat::{ChatForm, SayForm},
    conversation::Folder,
    property::SetUp,
    roster::Roster,
    ticket::{TicketForm, Words},
    view::View,
    visitor::{DetailsForm, Identity},
};

use super::Ground;

/// Domain of our own addresses.
pub const MAIL_DOMAIN: &str = "in.recado.test";
/// Where this Recado is opened.
pub const PUBLIC_URL: &str = "https://recado.test";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// The admin.
pub const MARTA: &str = "marta@acme.test";
/// The agent.
pub const RUI: &str = "rui@acme.test";
/// A customer, name and address.
pub const JOANA: (&str, &str) = ("Joana Prado", "joana@example.com");
/// Another one.
pub const KENJI: (&str, &str) = ("Kenji Sato", "kenji@example.org");

/// Acme Shop and its people.
#[derive(Clone)]
pub struct Shop {
    /// The admin.
    pub marta: Agent,
    /// Marta's session.
    pub marta_token: String,
    /// The agent.
    pub rui: Agent,
    /// Rui's session.
    pub rui_token: String,
    /// A department of both.
    pub billing: DepartmentId,
}

/// Somebody's browser.
pub fn browser() -> Browser {
    Browser { name: "Firefox 140 on Linux".into(), address: "192.0.2.7".into(), holds: None }
}

/// The set-up of a shop.
pub fn set_up_form() -> SetUp {
    SetUp {
        name: "Marta Lima".into(),
        email: MARTA.into(),
        password: PASSWORD.into(),
        property: "Acme Shop".into(),
        language: "en".into(),
        time_zone: "Europe/Lisbon".into(),
    }
}

impl Ground {
    /// Acme Shop with Marta, Rui and Billing.
    pub async fn shop(&self) -> Shop {
        let marta_token = self.desk.set_up(set_up_form(), browser()).await.expect("set up");
        let marta = self.desk.agent(&marta_token).await.expect("Marta");
        let (rui, rui_token) = self.hire(&marta, "Rui Alves", RUI, Role::Agent).await;
        let billing =
            marta.create_department("Billing", "Invoices and refunds", vec![marta.id().clone(), rui.id().clone()]).await.expect("Billing");
        Shop { marta, marta_token, rui, rui_token, billing }
    }

    /// A further agent of the admin's property, by an invitation and its link. The letter stays in the outbox.
    pub async fn hire(&self, admin: &Agent, name: &str, email: &str, role: Role) -> (Agent, String) {
        admin.invite_agent(email, role, model::agent::Reach::All).await.expect("invited");
        let link = self.link_for(email).await;
        let token = self.desk.accept_invitation(&link, name, PASSWORD, browser()).await.expect("accepted");
        (self.desk.agent(&token).await.expect("hired"), token)
    }

    /// A browser that comes to the site of an agent's property, at an address.
    pub async fn visit_from(&self, agent: &Agent, address: &str) -> (Visitor, String) {
        let (key, _) = agent.widget().await.expect("a widget");
        let arrival = Arrival {
            address: address.into(),
            browser: "Firefox 140 on Android".into(),
            language: model::Language::Portuguese,
            country: Some("PT".into()),
            ..Arrival::default()
        };
        let token = self.desk.begin_visit(&key, arrival).await.expect("let in");
        (self.desk.visitor(&token, address).await.expect("a visitor"), token)
    }

    /// A browser that comes to the site.
    pub async fn visit(&self, agent: &Agent) -> Visitor {
        self.visit_from(agent, "198.51.100.4").await.0
    }

    /// The link of the newest invitation mailed to an address; let the clock pass between two.
    pub async fn link_for(&self, email: &str) -> String {
        let letter: String = sqlx::query_scalar(
            "select letter from letter_out where kind = 'invitation' and recipient = $1 order by created_at desc, id desc limit 1",
        )
        .bind(email)
        .fetch_one(self.desk.db().read())
        .await
        .expect("an invitation");
        let letter: mail::compose::Letter = serde_json::from_str(&letter).expect("a letter");
        let (_, rest) = letter.text.split_once(&format!("{PUBLIC_URL}/invitation/")).expect("a link");
        rest.split_whitespace().next().expect("a link").to_owned()
    }

    /// A second shop with its own admin, on the same desk: nothing of it may be seen from the first.
    pub async fn other_shop(&self, shop: &Shop) -> (Agent, String) {
        let property =
            shop.marta.create_property("Other Shop", model::Language::Portuguese, "America/Sao_Paulo").await.expect("another property");
        shop.marta.switch_property(property).await.expect("switched");
        let there = self.desk.agent(&shop.marta_token).await.expect("Marta there");
        let (olga, token) = self.hire(&there, "Olga Reis", "olga@other.test", Role::Admin).await;
        there.switch_property(shop.marta.property().clone()).await.expect("back");
        (olga, token)
    }
}

/// Runs a verb and holds the law for somebody's roster: what they knew and what they are told is what they would load anew.
pub async fn follows<T>(who: &Agent, verb: impl Future<Output = Result<T, Error>>) -> T {
    let mut known = who.roster().await.expect("a roster");
    let value = verb.await.expect("a verb that is not refused");
    let told = who.told_since(known.head).await.expect("told").expect("no gap");
    assert!(!told.is_empty(), "nothing was told");
    for one in &told {
        known.apply(one);
    }
    for one in &told {
        known.apply(one);
    }
    let fresh = who.roster().await.expect("a roster");
    assert_eq!(known, Roster { now: known.now, ..fresh });
    value
}

/// A ticket for Joana, by an agent.
pub async fn ticket(by: &Agent, subject: &str, assignee: Assignee) -> ConversationId {
    let form = TicketForm {
        name: JOANA.0.into(),
        email: JOANA.1.into(),
        subject: subject.into(),
        text: format!("About {subject}."),
        assignee: assignee.to_string(),
        ..TicketForm::default()
    };
    by.open_ticket(form.check().expect("a good form")).await.expect("a ticket")
}

/// The form of a chat with first words.
pub fn chat_form(text: &str) -> ChatForm {
    ChatForm {
        id: ConversationId::new().to_string(),
        said: said(text),
        page: "https://acme.test/jackets".into(),
        referrer: "https://search.example/".into(),
        ..ChatForm::default()
    }
}

/// Words of a visitor.
pub fn said(text: &str) -> SayForm {
    SayForm { id: MessageId::new().to_string(), text: text.into(), ..SayForm::default() }
}

/// Words of an agent.
pub fn words(text: &str) -> Words {
    Words { id: MessageId::new(), text: text.into(), attachments: vec![], status: None }
}

/// Name and address as a visitor types them.
pub fn details((name, email): (&str, &str)) -> DetailsForm {
    DetailsForm { name: name.into(), email: email.into(), phone: String::new() }
}

/// A picture as somebody brings it, one for each shade.
pub fn picture(shade: u8) -> Vec<u8> {
    let mut file = std::io::Cursor::new(vec![]);
    let picture = image::RgbImage::from_pixel(40, 20, image::Rgb([shade, 0, 0]));
    picture.write_to(&mut file, image::ImageFormat::Png).expect("written");
    file.into_inner()
}

/// An identity signed as a customer's server signs it.
pub fn sign(secret: &str, key: &str, mut identity: Identity) -> Identity {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(identity.signed(key).as_bytes());
    identity.signature = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
    identity
}

/// The counters of a property as they stand in the database, zeros left out.
pub async fn tallies(desk: &Desk, agent: &Agent) -> BTreeMap<String, i64> {
    let rows = sqlx::query_as::<_, (String, i64)>("select facet, n from tally where property = $1 and n <> 0")
        .bind(agent.property().as_str())
        .fetch_all(desk.db().read())
        .await
        .expect("counters");
    rows.into_iter().collect()
}

/// The counters as the lines themselves say them.
pub async fn recounted(agent: &Agent) -> BTreeMap<String, i64> {
    let mut counted = BTreeMap::new();
    for folder in Folder::ALL {
        let view = View { status: None, ..View::of_folder(*folder) };
        let mut inbox = agent.list_inbox(view.clone()).await.expect("an Inbox");
        while let Some(key) = inbox.more.clone() {
            inbox.extend(agent.list_more(view.clone(), key).await.expect("a page"));
        }
        let mut saved = vec![];
        for view in &inbox.saved {
            // with the moments that its days are
            saved.push((view.facet(), agent.list_inbox(view.view.clone()).await.expect("an Inbox").view));
        }
        for row in &inbox.rows {
            let saved = saved.iter().filter(|(_, view)| view.matches(&row.line)).map(|(facet, _)| facet.clone());
            for facet in row.line.facets().into_iter().chain(saved) {
                *counted.entry(facet).or_default() += 1;
            }
        }
    }
    counted
}
