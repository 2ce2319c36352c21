//! What an admin sets up and what came today, for a world that is looked around in: rules, triggers, targets, shortcuts, views, bans, hours, and
//! mails that really came in. Done by the verbs themselves, as its admin.

use model::{
    Assignee, CannedResponseId, Language, MessageId, RuleId, TriggerId,
    ban::Banned,
    canned_response::{CannedResponse, Scope},
    contact::list::Asked,
    conversation::{Kind, Priority},
    hours::{Holiday, Hours, Span},
    moment::DAY,
    rule::{self, Condition, Conditions, Rule, Since, Subject, Test, When},
    sender::SenderName,
    target::Targets,
    ticket::Words,
    trigger::{self, Trigger},
    view::View,
};

use super::ADMIN;
use crate::{
    Agent, Browser, Desk, Fault, Result,
    postbox::{Incoming, Proof},
};

/// Texts that are called by `/`.
const SHORTCUTS: [(&str, &str); 5] = [
    ("hello", "Hello {name}, this is {agent} of {property}. How can I help?"),
    (
        "delivery",
        "Deliveries leave our warehouse in Porto on weekdays before noon; you get the carrier's number by e-mail the same evening.",
    ),
    ("return", "You have 30 days to return it. Please keep the packaging; we send you a label."),
    ("invoice", "Your invoice is attached. Please tell me if a tax number has to be added."),
    ("wait", "Thank you for waiting. I am asking our workshop and come back to you today."),
];

/// Mails of today: from whom, about what, and what they say.
const MAILS: [(&str, &str, &str); 6] = [
    (
        "Inês Carvalho <ines@atelier.example>",
        "Two armchairs, one is darker",
        "Hello,\n\nthe two armchairs of order 48213 are not the same green. Can you exchange one?\n\nInês",
    ),
    (
        "Tomás Reyes <tomas@casareyes.example>",
        "Invoice with our tax number",
        "Good morning,\n\nplease send the invoice of the dining table again, with ESB12345674 on it.\n\nTomás Reyes",
    ),
    (
        "Hotel Miramar <reservas@miramar.example>",
        "Offer for 24 rooms",
        "Dear Aurora team,\n\nwe renovate 24 rooms in spring and would like an offer for beds and desks.\n\nBest regards,\nLúcia Prado",
    ),
    (
        "Anneke de Vries <anneke@devries.example>",
        "Delivery on the third floor",
        "Hi,\n\nthere is no lift here. Do your people carry the sofa up?\n\nAnneke",
    ),
    (
        "Paul Martin <paul@martin.example>",
        "A leg of the table wobbles",
        "Bonjour,\n\nthe table came yesterday, and one leg wobbles. A photo follows.\n\nPaul",
    ),
    ("Sofia Lindgren <sofia@lindgren.example>", "Thank you!", "It came, it fits, it is beautiful.\n\nSofia"),
];

/// What is answered at once.
const ANSWERS: [&str; 2] = [
    "Hello Inês,\n\nof course. The carrier brings the right one on Thursday and takes the other along.",
    "Good morning,\n\nhere it is, with the number. The old one is void.",
];

impl Desk {
    /// Sets up a world that was just made in an empty database.
    pub async fn furnish(&self, password: &str) -> Result<()> {
        let token = self.sign_in(ADMIN.1, password, Browser::default()).await?;
        let marta = self.agent(&token).await?;
        marta.set_up_shop().await?;
        self.bring_mail(&marta).await?;
        marta.sign_out().await
    }

    async fn bring_mail(&self, marta: &Agent) -> Result<()> {
        let to = marta.roster().await?.property.forwarding_address;
        let mut opened = vec![];
        for (n, (from, subject, text)) in MAILS.into_iter().enumerate() {
            let mail_from = from.rsplit_once('<').map_or(from, |(_, address)| address.trim_end_matches('>'));
            let raw = format!(
                "Return-Path: <{mail_from}>\r\nFrom: {}\r\nTo: {to}\r\nSubject: {}\r\nMessage-ID: <today-{n}@{}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
                from,
                subject,
                mail_from.rsplit_once('@').map_or("mail.example", |(_, domain)| domain),
                text.replace('\n', "\r\n"),
            );
            let incoming = Incoming {
                raw: raw.into_bytes(),
                mail_from: mail_from.into(),
                rcpt_to: vec![to.clone()],
                helo: "mail.example".into(),
                peer: "192.0.2.25".into(),
                tls: true,
            };
            self.postbox().take(incoming).await?;
        }
        while let Some(taken) = self.postbox().next().await? {
            let understood = mail::understand(&taken.raw, &mail::Own::of(self.keys())).map_err(|why| Fault::Row(why.to_string()))?;
            let proof = Proof { passed: true, domain: "mail.example".into(), detail: "dkim=pass".into() };
            opened.extend(self.postbox().file(&taken, understood, proof).await?.conversation);
        }
        for (id, text) in opened.iter().zip(ANSWERS) {
            let words = Words { id: MessageId::from_bits(self.clock().bits()), text: text.into(), attachments: vec![], status: None };
            marta.reply(id.clone(), words).await?;
        }
        if let [_, _, offer, floor, ..] = &opened[..] {
            marta.assign(vec![offer.clone()], Assignee::Agent(marta.id().clone())).await?;
            marta.set_priority(vec![offer.clone()], Priority::High).await?;
            marta.follow(floor.clone(), true).await?;
        }
        Ok(())
    }
}

impl Agent {
    async fn set_up_shop(&self) -> Result<()> {
        let people = self.roster().await?.people;
        let department = |name: &str| people.departments.iter().find(|one| one.name == name).map(|one| one.id.clone());
        self.set_monitor(true).await?;
        let office = |day: usize| if day < 5 { vec![Span { from: 9 * 60, to: 18 * 60 }] } else { vec![] };
        let holidays = [(1, 1), (4, 25), (12, 25)].map(|(month, day)| Holiday { year: None, month, day }).into();
        let hours = Hours { always: false, days: std::array::from_fn(office), holidays };
        self.change_widget(move |widget| Ok(model::widget::Widget { hours, ..widget })).await?;
        self.change_sender(None, SenderName::Via, "Aurora Furniture\nRua Augusta 12, Lisboa".into()).await?;
        for (shortcut, text) in SHORTCUTS {
            let id = CannedResponseId::from_bits(self.desk.clock().bits());
            self.save_canned_response(CannedResponse { id, scope: Scope::Property, shortcut: shortcut.into(), text: text.into() }).await?;
        }
        let on = |subject, test, value: &str| Condition { subject, test, value: value.into(), name: String::new() };
        let any = |conditions| Conditions { conditions, ..Conditions::default() };
        let orders = department("Orders").map(|id| id.to_string()).unwrap_or_default();
        let rule = |name: &str, when, after, conditions, actions: Vec<(rule::Deed, &str)>| Rule {
            id: RuleId::from_bits(self.desk.clock().bits()),
            name: name.into(),
            on: true,
            when,
            since: Since::Created,
            after,
            conditions: any(conditions),
            actions: actions.into_iter().map(|(deed, value)| rule::Action { deed, value: value.into() }).collect(),
            stop: false,
        };
        let rules = [
            rule(
                "Deliveries go to Orders",
                When::Created,
                0,
                vec![on(Subject::First, Test::Contains, "delivery")],
                vec![(rule::Deed::Turn, &orders), (rule::Deed::Tag, "delivery")],
            ),
            rule(
                "Hotels first",
                When::Created,
                0,
                vec![on(Subject::Domain, Test::Like, "*miramar*")],
                vec![(rule::Deed::Priority, "high")],
            ),
            rule(
                "Nobody waits for a day",
                When::Passed,
                24 * 60,
                vec![on(Subject::Status, Test::Is, "open")],
                vec![(rule::Deed::Note, "This has been open for a day.")],
            ),
        ];
        for rule in rules {
            self.save_rule(rule).await?;
        }
        let trigger = |name: &str, kind, after, conditions, words: &str| Trigger {
            id: TriggerId::from_bits(self.desk.clock().bits()),
            name: name.into(),
            kind,
            on: true,
            after,
            conditions: any(conditions),
            actions: vec![trigger::Action { deed: trigger::Deed::Say, value: words.into() }],
            pause: Some(24),
        };
        let triggers = [
            trigger(
                "Help with the basket",
                trigger::Kind::Page,
                0,
                vec![on(Subject::Page, Test::Contains, "/basket")],
                "Can I help with your order?",
            ),
            trigger(
                "Long on the site",
                trigger::Kind::Advanced,
                0,
                vec![on(Subject::Seconds, Test::AtLeast, "120")],
                "Hello! Ask me anything about our furniture.",
            ),
        ];
        for trigger in triggers {
            self.save_trigger(trigger).await?;
        }
        self.set_targets(Targets {
            always: false,
            reply: [Some(1440), Some(960), Some(480), Some(240), Some(60)],
            resolution: [None, Some(7200), Some(4320), Some(2880), Some(1440)],
        })
        .await?;
        self.save_view("Damaged", View { tag: Some("damage".into()), ..View::default() }, true).await?;
        self.save_view("Refunds", View { tag: Some("refund".into()), kind: Some(Kind::Ticket), ..View::default() }, true).await?;
        self.save_segment("In Portugal", Asked::from_pairs([("filter", "phone.contains.+351")])).await?;
        self.save_segment("Architects", Asked::from_pairs([("filter", "tag.is.architect")])).await?;
        let until = self.desk.clock().now().plus(30 * DAY);
        self.ban(Banned::of_field("who", "203.0.113.0/24")?, "Advertising in the chat", Some(until)).await?;
        self.ban(Banned::of_field("who", "198.51.100.77")?, "Insults", None).await?;
        self.change_property("Aurora Furniture", Language::English, "Europe/Lisbon").await
    }
}
