//! Operators find what the same operators let through on values: hundreds of questions by chance.

use std::collections::BTreeSet;

use model::{
    Assignee, Moment,
    conversation::{Folder, Kind, Line},
    moment::HOUR,
    search::{Asked, Of, Order, PAGE, Sieve, Test},
    view::View,
};

use crate::{
    common::{Ground, PASSWORD, browser},
    contract, settle,
};

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

async fn lines(agent: &desk::Agent) -> Vec<Line> {
    let mut all = vec![];
    for folder in [Folder::Inbox, Folder::Spam, Folder::Trash] {
        let view = View { status: None, ..View::of_folder(folder) };
        let mut inbox = agent.list_inbox(view.clone()).await.unwrap();
        while let Some(key) = inbox.more.clone() {
            inbox.extend(agent.list_more(view.clone(), key).await.unwrap());
        }
        all.extend(inbox.rows.into_iter().map(|row| row.line));
    }
    all
}

/// An operator as it is typed, and what it asks for.
fn operator(chance: &mut Chance, lines: &[Line]) -> (String, Of) {
    let line = &lines[chance.below(lines.len())];
    let given = line.contact.name.split_whitespace().next().unwrap_or("ana").to_owned();
    match chance.below(12) {
        0 => (format!("status:{}", line.status), Of::Status(line.status)),
        1 => (format!("priority:{}", line.priority), Of::Priority(line.priority)),
        2 => (format!("from:\"{given}\""), Of::From(vec![given])),
        3 => ("assignee:me".into(), Of::From(vec!["me".into()])),
        4 => ("assignee:nobody".into(), Of::Assignee(Assignee::Nobody)),
        5 => ("is:urgent".into(), Of::Urgent),
        6 => ("is:chat".into(), Of::Kind(Kind::Chat)),
        7 => ("is:missed".into(), Of::Missed),
        8 => ("has:attachment".into(), Of::Attachment),
        9 => match line.tags.first() {
            Some(tag) => (format!("tag:{tag}"), Of::Tag(tag.clone())),
            None => ("tag:vip".into(), Of::Tag("vip".into())),
        },
        10 => ("in:spam".into(), Of::Folder(Folder::Spam)),
        _ => ("in:all".into(), Of::Anywhere),
    }
}

/// Everything that is found, of all pages.
async fn found(agent: &desk::Agent, text: &str) -> (BTreeSet<model::ConversationId>, bool) {
    let (mut all, mut skip) = (BTreeSet::new(), 0);
    loop {
        let page = agent.search(Asked { order: Order::Newest, skip, ..Asked::new(text) }).await.unwrap();
        assert!(page.problems.is_empty(), "{text}: {:?}", page.problems);
        let newest = page.hits.windows(2).all(|two| two[0].line.last_at >= two[1].line.last_at);
        assert!(newest, "{text}");
        all.extend(page.hits.iter().map(|hit| hit.line.id.clone()));
        skip += PAGE;
        if skip >= page.total {
            return (all, page.bounded);
        }
    }
}

async fn compare(ground: &Ground) {
    // more than are looked at one by one
    ground.seed(500, 80, PASSWORD).await.unwrap();
    let token = ground.sign_in("marta@aurora.example", PASSWORD, browser()).await.unwrap();
    let marta = ground.agent(&token).await.unwrap();
    settle(ground).await;
    let all = lines(&marta).await;
    let mut chance = Chance(7);
    let (mut some, mut partly) = (0, 0);
    for _ in 0..250 {
        let (mut texts, mut sieve) = (vec![], Sieve::default());
        for _ in 0..=chance.below(3) {
            let (text, of) = operator(&mut chance, &all);
            let of = if text == "assignee:me" { Of::Assignee(Assignee::Agent(marta.id().clone())) } else { of };
            let not = chance.below(4) == 0 && of != Of::Anywhere;
            texts.push(format!("{}{text}", if not { "-" } else { "" }));
            sieve.tests.push(Test { not, of });
        }
        if chance.below(5) == 0 {
            let at = all[chance.below(all.len())].last_at;
            let day = at.0 - at.0.rem_euclid(24 * HOUR);
            texts.push(format!("after:{}", date(Moment(day))));
            // Lisbon in winter keeps Greenwich's days; what lies in summer is an hour off and asked for no closer
            let zone = marta.roster().await.unwrap().zone;
            let local = zone.local(Moment(day));
            let begins = zone.moment(model::moment::Local { hour: 0, minute: 0, ..local });
            sieve.tests.push(Test { not: false, of: Of::After(begins) });
        }
        let text = texts.join(" ");
        let from = |line: &Line, words: &[String]| words.iter().all(|word| has_word(line, word));
        let wanted: BTreeSet<_> =
            all.iter().filter(|line| sieve.matches(line, |words| from(line, words))).map(|line| line.id.clone()).collect();
        let (got, bounded) = found(&marta, &text).await;
        if bounded {
            assert!(all.len() > 400 && got.is_subset(&wanted), "{text}");
            partly += 1;
        } else {
            assert_eq!(got, wanted, "{text}");
        }
        some += usize::from(!wanted.is_empty() && wanted.len() < all.len());
    }
    assert!(some > 100, "only {some} questions told anything apart");
    assert!(partly < 125, "{partly} questions were answered in part");
    // however many are newer, and although no index has two tags: words are looked for in all
    let old = all.iter().filter(|line| !line.tags.is_empty() && line.folder == Folder::Inbox && line.number.is_some());
    let old = old.min_by_key(|line| line.last_at).unwrap();
    let text = format!("tag:{} tag:nosuchtag {}", old.tags[0], old.number.unwrap());
    let (got, _) = found(&marta, &text).await;
    assert!(got.contains(&old.id), "{text}");
}

/// Whether the beginning of a word stands in a customer's name or address, without marks and capitals.
fn has_word(line: &Line, word: &str) -> bool {
    let fold = |text: &str| {
        let plain: String = text
            .to_lowercase()
            .chars()
            .map(|c| {
                "áàâãäéèêëíïıóôõöúüçñ"
                    .chars()
                    .position(|known| known == c)
                    .map_or(c, |at| "aaaaaeeeeiiioooouucn".chars().nth(at).expect("as many"))
            })
            .collect();
        plain.replace('ß', "ss")
    };
    let (word, known) = (fold(word), fold(&format!("{} {}", line.contact.name, line.contact.email)));
    known.split(|c: char| !c.is_alphanumeric()).any(|known| known.starts_with(&word))
}

fn date(at: Moment) -> String {
    let local = model::moment::Zone::default().local(at);
    format!("{:04}-{:02}-{:02}", local.year, local.month, local.day)
}

contract!(operators_find_what_they_let_through_on_values, |ground| async {
    compare(&ground).await;
});
