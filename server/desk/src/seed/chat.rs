//! What makes a seeded chat one: its visitor, who is long gone, the visit it began in while it is kept, what only a chat has, and
//! the agents who were in it.

use std::collections::BTreeMap;

use model::{
    AgentId, Moment, PropertyId, VisitId,
    conversation::{Line, Status},
    message::Author,
    moment::{DAY, MINUTE},
};

use super::{
    rows::{Rows, Value},
    world::{Chance, Made},
};
use crate::{Result, db::Tx};

/// The rows of many.
pub struct Past {
    visitors: Rows,
    chats: Rows,
    agents: Rows,
    visits: Rows,
    pages: Rows,
}

/// Visits older than this are forgotten.
const VISITS_KEPT: i64 = 29 * DAY;
/// Pages of the shop, and where its readers came from.
const PAGES: [&str; 7] = ["", "armchairs", "desks/oak", "lamps", "delivery", "returns", "basket"];
const REFERRERS: [&str; 4] = ["", "https://search.example/", "https://news.example/rooms", "https://social.example/"];
const COUNTRIES: [&str; 6] = ["PT", "BR", "DE", "FR", "ES", "GB"];
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

impl Past {
    /// None yet.
    pub const fn new() -> Self {
        Self {
            visitors: Rows::of(
                "visitor",
                &[
                    "property",
                    "id",
                    "contact",
                    "name",
                    "email",
                    "phone",
                    "attributes",
                    "tags",
                    "language",
                    "browser",
                    "address",
                    "created_at",
                    "seen_at",
                    "left_at",
                    "expires_at",
                ],
            ),
            chats: Rows::of(
                "chat",
                &[
                    "property",
                    "conversation",
                    "visitor",
                    "page",
                    "referrer",
                    "answers",
                    "rating",
                    "comment",
                    "answered_at",
                    "missed_at",
                    "ended_at",
                    "read_at",
                ],
            ),
            agents: Rows::of("chat_agent", &["property", "conversation", "agent", "name", "joined_at"]),
            visits: Rows::of("visit", VISIT),
            pages: Rows::of("visit_page", &["property", "visit", "n", "page", "at"]),
        }
    }

    /// One more, under its line as it is stored.
    pub fn push(&mut self, property: &PropertyId, made: &Made, line: &Line, now: Moment) {
        let (own, id) = (|| Value::from(property.as_str()), || Value::from(line.id.as_str()));
        let (began, last) = (|| Value::from(line.created_at.0), || Value::from(line.last_at.0));
        let empty = || Value::from("");
        // a chat of the past has a visitor of its own, who has its bits
        self.visitors.push([
            own(),
            id(),
            line.contact.id.as_str().into(),
            line.contact.name.as_str().into(),
            line.contact.email.as_str().into(),
            empty(),
            "{}".into(),
            "[]".into(),
            "en".into(),
            empty(),
            empty(),
            began(),
            last(),
            last(),
            last(),
        ]);
        let mut seats: BTreeMap<AgentId, (String, Moment)> = BTreeMap::new();
        for said in &made.said {
            if let Author::Agent { id, name } = &said.author {
                seats.entry(id.clone()).or_insert((name.clone(), said.at));
            }
        }
        let answered = seats.values().map(|(_, at)| at.0).min();
        let ended = matches!(line.status, Status::Solved | Status::Closed).then_some(line.last_at.0);
        let missed = line.missed.then_some(line.created_at.0);
        self.chats.push([
            own(),
            id(),
            id(),
            empty(),
            empty(),
            "[]".into(),
            made.rating.map(|rating| rating.word().to_owned()).into(),
            empty(),
            answered.into(),
            missed.into(),
            ended.into(),
            last(),
        ]);
        for (agent, (name, at)) in seats {
            self.agents.push([own(), id(), agent.as_str().into(), name.into(), at.0.into()]);
        }
        if now.since(line.created_at) < VISITS_KEPT {
            self.visit(property, line);
        }
    }

    /// The pages that were seen before the chat.
    fn visit(&mut self, property: &PropertyId, line: &Line) {
        let own = || Value::from(property.as_str());
        let mut chance = Chance::of(line.id.as_str().bytes().fold(7, |sum, byte| sum * 31 % 0xffff_fffb + u64::from(byte)));
        let pages = 1 + i64::try_from(chance.below(5)).unwrap_or(0);
        let began = line.created_at.plus(-pages * MINUTE);
        let visit = VisitId::from_bits(chance.bits(began));
        let mut page = String::new();
        for n in 1..=pages {
            page = format!("https://aurora.example/{}", chance.one(&PAGES));
            self.pages.push([own(), visit.as_str().into(), n.into(), page.as_str().into(), began.plus((n - 1) * MINUTE).0.into()]);
        }
        self.visits.push([
            own(),
            visit.as_str().into(),
            line.id.as_str().into(),
            line.id.as_str().into(),
            page.into(),
            (*chance.one(&REFERRERS)).into(),
            BROWSER.into(),
            "en".into(),
            "".into(),
            (*chance.one(&COUNTRIES)).into(),
            0.into(),
            pages.into(),
            began.0.into(),
            line.created_at.0.into(),
            line.last_at.0.into(),
            "{}".into(),
        ]);
    }

    /// Writes them; the conversations are there.
    pub async fn write(self, tx: &mut Tx) -> Result<()> {
        for rows in [self.visitors, self.chats, self.agents, self.visits, self.pages] {
            rows.write(tx).await?;
        }
        Ok(())
    }
}

const VISIT: &[&str] = &[
    "property",
    "id",
    "visitor",
    "chat",
    "page",
    "referrer",
    "browser",
    "language",
    "address",
    "country",
    "earlier",
    "pages",
    "started_at",
    "page_at",
    "seen_at",
    "carried",
];
