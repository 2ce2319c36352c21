//! A report reckoned anew from what agents see of each conversation, by another way than the desk's, and compared.

use std::collections::BTreeMap;

use desk::Agent;
use jiff::{Timestamp, tz::TimeZone};
use model::{
    Assignee, ConversationId, Moment,
    chat::Rating,
    conversation::{Folder, Status},
    message::{Author, Happening, Message, MessageKind},
    moment::SECOND,
    report::{
        Asked, By, Day, Figures, Period, Range, Span,
        counts::{bucket, middle},
    },
    thread::Thread,
};

use crate::common::{Ground, Shop};

/// Something that counts: when, for whom, what.
struct Fact {
    at: Moment,
    agent: String,
    conversation: usize,
    what: What,
}

enum What {
    Fresh,
    Reply(i64),
    Solved(i64),
    Answered,
    Missed,
    Rated(Rating),
}

/// Holds every report of all days against the recount.
pub async fn compare(ground: &Ground, shop: &Shop, departments: &BTreeMap<ConversationId, String>, when: &str) {
    let marta = &shop.marta;
    let zone = TimeZone::get(&marta.roster().await.expect("a roster").property.time_zone).expect("a zone");
    let day = |at: Moment| {
        let date = Timestamp::from_microsecond(at.0).expect("a moment").to_zoned(zone.clone()).date();
        date.to_string().parse::<Day>().expect("a day")
    };
    let threads = threads(ground, marta).await;
    let facts: Vec<Fact> = threads.iter().enumerate().flat_map(|(at, thread)| facts(at, thread)).collect();
    let today = day(ground.clock.now());
    let range = Range { from: today.plus(-200), until: today };
    for by in By::ALL {
        let report = marta.report(Asked { period: Period::own(range.from, range.until), by: *by }).await.expect("a report");
        assert_eq!(report.range, range);
        assert_eq!(report.figures, reckon(facts.iter()), "{when}: all");
        for (at, shown) in range.days().zip(&report.days) {
            assert_eq!(*shown, reckon(facts.iter().filter(|fact| day(fact.at) == at)), "{when}: {at}");
        }
        let mut parts: BTreeMap<String, Vec<&Fact>> = BTreeMap::new();
        for fact in &facts {
            let thread = &threads[fact.conversation];
            let of = match by {
                By::Agent => vec![fact.agent.clone()],
                By::Department => vec![departments.get(&thread.line.id).cloned().unwrap_or_default()],
                By::Tag if thread.line.tags.is_empty() => vec![String::new()],
                By::Tag => thread.line.tags.clone(),
                By::Channel => vec![thread.line.channel.word().to_owned()],
            };
            for part in of {
                parts.entry(part).or_default().push(fact);
            }
        }
        let shown: BTreeMap<String, Figures> = report.parts.into_iter().map(|part| (part.part, part.figures)).collect();
        let wanted: BTreeMap<String, Figures> = parts.into_iter().map(|(part, facts)| (part, reckon(facts.into_iter()))).collect();
        assert_eq!(shown, wanted, "{when}: by {by}");
    }
}

async fn threads(ground: &Ground, agent: &Agent) -> Vec<Thread> {
    let rows: Vec<(String,)> = sqlx::query_as("select id from conversation order by id").fetch_all(ground.db().read()).await.expect("ids");
    let mut all = vec![];
    for (id,) in rows {
        let thread = agent.whole_thread(id.parse().expect("an id")).await.expect("a conversation");
        if thread.line.folder == Folder::Inbox {
            all.push(thread);
        }
    }
    all
}

fn said(thread: &Thread) -> impl Iterator<Item = &Message> {
    thread.messages.iter().filter(|message| message.kind == MessageKind::Said && message.mark.is_none())
}

/// All that counts of a conversation.
fn facts(conversation: usize, thread: &Thread) -> Vec<Fact> {
    let agent_of = |message: &Message| if let Author::Agent { id, .. } = &message.author { Some(id.to_string()) } else { None };
    let (mut asked, mut reply, mut spoke) = (None, None, None);
    for message in said(thread) {
        match (&message.author, agent_of(message)) {
            (Author::Contact { .. }, _) => asked = asked.or(Some(message.at)),
            (_, Some(agent)) => {
                spoke = spoke.or(Some((message.at, agent.clone())));
                if let Some(asked) = asked {
                    reply = reply.or(Some((message.at, (message.at.0 - asked.0) / SECOND, agent)));
                }
            }
            _ => {}
        }
    }
    let replier = reply.as_ref().map(|reply| reply.2.clone()).or(spoke.as_ref().map(|spoke| spoke.1.clone())).unwrap_or_default();
    let agent = if let Assignee::Agent(id) = &thread.line.assignee { id.to_string() } else { replier.clone() };
    let mut all = vec![];
    let mut fact = |at: Moment, agent: &str, what: What| all.push(Fact { at, agent: agent.to_owned(), conversation, what });
    fact(thread.line.created_at, &agent, What::Fresh);
    if let Some((at, took, _)) = &reply {
        fact(*at, &replier, What::Reply(*took));
    }
    if matches!(thread.line.status, Status::Solved | Status::Closed) {
        let at = solved_at(thread);
        let began = said(thread).map(|message| message.at).next().unwrap_or(thread.line.created_at).min(thread.line.created_at);
        fact(at, &agent, What::Solved(((at.0 - began.0) / SECOND).max(0)));
    }
    if let Some(chat) = &thread.chat {
        let in_time = spoke.filter(|(at, _)| asked.is_some() && chat.missed_at.is_none_or(|missed| *at <= missed));
        match (in_time, chat.missed_at) {
            (Some((at, _)), _) => fact(at, &replier, What::Answered),
            (None, Some(missed)) => fact(missed, &agent, What::Missed),
            (None, None) => {}
        }
        if let Some(rating) = chat.rating {
            let rated = thread.messages.iter().rev().find(|message| matches!(message.happened, Some(Happening::Rated { .. })));
            fact(rated.expect("it is told").at, &agent, What::Rated(rating));
        }
    }
    all
}

/// Backwards from the end: as long as it stayed solved.
fn solved_at(thread: &Thread) -> Moment {
    let mut at = None;
    for message in thread.messages.iter().rev() {
        match &message.happened {
            Some(Happening::Status { to: Status::Solved | Status::Closed } | Happening::Ended) => at = Some(message.at),
            Some(Happening::Status { .. } | Happening::Reopened | Happening::Woke | Happening::Snoozed { .. }) => break,
            _ => {}
        }
    }
    at.unwrap_or(thread.line.last_at)
}

fn reckon<'a>(facts: impl Iterator<Item = &'a Fact>) -> Figures {
    let mut figures = Figures::default();
    let (mut replies, mut solutions) = (vec![], vec![]);
    for fact in facts {
        match fact.what {
            What::Fresh => figures.fresh += 1,
            What::Reply(took) => replies.push(took),
            What::Solved(took) => {
                figures.solved += 1;
                solutions.push(took);
            }
            What::Answered => figures.answered += 1,
            What::Missed => figures.missed += 1,
            What::Rated(Rating::Good) => figures.good += 1,
            What::Rated(Rating::Neutral) => figures.neutral += 1,
            What::Rated(Rating::Bad) => figures.bad += 1,
        }
    }
    (figures.reply, figures.solution) = (span(replies), span(solutions));
    figures
}

/// The exact percentiles, as the bucket they lie in tells them.
fn span(mut times: Vec<i64>) -> Span {
    times.sort_unstable();
    let at = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100);
        rank.checked_sub(1).and_then(|at| times.get(at)).map_or(0, |time| middle(bucket(*time)))
    };
    Span { n: i64::try_from(times.len()).unwrap(), median: at(50), p90: at(90) }
}
