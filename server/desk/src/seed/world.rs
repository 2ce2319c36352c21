//! One conversation of a believable world, made from its number alone: the same number gives the same conversation.
//! Pure; knows no database.

use model::{
    AgentId, Assignee, ContactId, ConversationId, DepartmentId, MessageId, Moment,
    chat::Rating,
    contact::Contact,
    conversation::{Folder, Kind, Line, Priority, Status},
    event::What,
    message::{Author, Channel, Happening, MessageKind, preview},
    moment::{DAY, HOUR, MINUTE},
};

use super::words::{TONGUES, Tongue};

/// Chance that is the same each time (`SplitMix64`, Steele et al. 2014).
pub struct Chance(u64);

impl Chance {
    /// From a number; neighbours have nothing in common (without the mixing their streams would overlap).
    pub const fn of(number: u64) -> Self {
        let mut mixed = Self(number);
        Self(mixed.next())
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another.
    pub const fn below(&mut self, most: u64) -> u64 {
        self.next() % if most == 0 { 1 } else { most }
    }

    /// One of several.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap_or(0)]
    }

    /// True so often in a hundred.
    pub const fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// Bits of an id of a moment.
    pub fn bits(&mut self, at: Moment) -> u128 {
        let millis = u128::from(at.0.div_euclid(1000).unsigned_abs()) & 0xffff_ffff_ffff;
        let random = (u128::from(self.next()) << 64) | u128::from(self.next());
        (millis << 80) | (0x7 << 76) | ((random >> 4) & (0xfff << 64)) | (0b10 << 62) | (random & 0x3fff_ffff_ffff_ffff)
    }
}

/// Who is there already.
#[derive(Clone)]
pub struct Cast {
    /// Agents with names.
    pub agents: Vec<(AgentId, String)>,
    /// Departments.
    pub departments: Vec<DepartmentId>,
    /// Now.
    pub now: Moment,
    /// Conversations are spread over so many before now; the last is the newest.
    pub count: u64,
}

/// One entry.
pub struct Said {
    /// Identity.
    pub id: MessageId,
    /// What its event is called.
    pub what: What,
    /// Said, noted or happened.
    pub kind: MessageKind,
    /// Who.
    pub author: Author,
    /// When.
    pub at: Moment,
    /// Words.
    pub text: String,
    /// What happened.
    pub happened: Option<Happening>,
}

/// A conversation with all that was said.
pub struct Made {
    /// Its line; its number in the log is still to be given.
    pub line: Line,
    /// Entries, oldest first.
    pub said: Vec<Said>,
    /// The department it was last given to.
    pub department: Option<DepartmentId>,
    /// How its visitor found it.
    pub rating: Option<Rating>,
    /// A file that came with the first words: its name and its text.
    pub file: Option<(String, String)>,
}

/// The contact of a number.
pub fn contact(number: u64, now: Moment) -> (Contact, usize) {
    let mut chance = Chance::of(number ^ 0x00c0_ffee);
    let tongue = usize::try_from(chance.below(TONGUES.len() as u64)).unwrap_or(0);
    let (given, family) = (*chance.one(TONGUES[tongue].given), *chance.one(TONGUES[tongue].family));
    let created_at = now.plus(-i64::try_from(chance.below(300)).unwrap_or(0) * DAY);
    let email = format!("{}.{}.{number}@{}", ascii(given), ascii(family), chance.one(TONGUES[tongue].domains));
    (Contact { id: ContactId::from_bits(chance.bits(created_at)), name: format!("{given} {family}"), email, created_at }, tongue)
}

/// Letters without marks, for an address.
fn ascii(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'Á' => "a",
        'é' | 'è' | 'ê' | 'ë' | 'É' => "e",
        'í' | 'ï' | 'ı' | 'Í' => "i",
        'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ú' | 'ü' => "u",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        _ => "",
    };
    name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { plain(c).to_owned() }).collect()
}

/// The conversation of a number. `place` counts from the oldest.
pub fn conversation(kind: Kind, number: u64, place: u64, of: &Contact, tongue: usize, cast: &Cast) -> Made {
    let mut chance = Chance::of(number.wrapping_mul(2) + u64::from(kind == Kind::Chat));
    let tongue = &TONGUES[tongue];
    // the newer the denser: half of all in the last sixth of half a year
    let share = i64::try_from((cast.count - place.min(cast.count)) * 1000 / cast.count.max(1)).unwrap_or(0);
    let spread = 180 * DAY / 1000 * share / 1000 * share;
    let latest = cast.now.plus(-i64::try_from(chance.below(55)).unwrap_or(0) * MINUTE - MINUTE);
    let created_at = waking(&mut chance, latest.plus(-spread)).min(latest);
    let (about, said) = talk(kind, &mut chance, tongue, of, cast, created_at);
    let line = line(kind, &mut chance, of, cast, &said, about);
    let mut made = finish(line, said, cast.now, &mut chance);
    made.department = match &made.line.assignee {
        Assignee::Department(id) => Some(id.clone()),
        _ if cast.departments.is_empty() || !chance.percent(60) => None,
        _ => Some(chance.one(&cast.departments).clone()),
    };
    if kind == Kind::Ticket && chance.percent(4) {
        let parcel = format!("AUR-{:04}-{:06}", chance.below(10_000), chance.below(1_000_000));
        let (wood, place) = (*chance.one(&WOODS), *chance.one(&PLACES));
        let text = format!(
            "Packing list {parcel}\n\n{}\n{}\n\nWood: {wood}\nStored at: {place}\nChecked by hand, packed in wool.\n",
            of.name, of.email
        );
        made.file = Some((format!("packing-list-{}.txt", parcel.to_lowercase()), text));
        made.line.attachments = 1;
    }
    made
}

/// People write by day more than by night, and less at the end of the week.
fn waking(chance: &mut Chance, at: Moment) -> Moment {
    // 1970-01-01 was a Thursday
    let late = match at.0.div_euclid(DAY).rem_euclid(7) {
        2 if chance.percent(55) => 1,
        3 if chance.percent(75) => 2,
        _ => 0,
    };
    let (hour, rest) = (at.0.rem_euclid(DAY) / HOUR, at.0.rem_euclid(HOUR));
    let to = if (8..20).contains(&hour) || chance.percent(12) {
        hour
    } else {
        // two dice: most around noon
        8 + i64::try_from(chance.below(7) + chance.below(6)).unwrap_or(0)
    };
    Moment((at.0.div_euclid(DAY) - late) * DAY + to * HOUR + rest)
}

/// What stands in packing lists, and nowhere else.
const WOODS: [&str; 6] = ["walnut", "larch", "wild cherry", "smoked oak", "jacarandá", "Zirbelkiefer"];
const PLACES: [&str; 6] = ["Alcântara", "Großmarkthalle", "Bermondsey", "Villeurbanne", "Poblenou", "Vila Madalena"];

/// Subject and tag, and what was said.
fn talk(kind: Kind, chance: &mut Chance, tongue: &Tongue, of: &Contact, cast: &Cast, from: Moment) -> ((String, &'static str), Vec<Said>) {
    let matter = chance.one(tongue.matters);
    let (agent, name) = chance.one(&cast.agents).clone();
    let (customer, agent) =
        (Author::Contact { id: of.id.clone(), name: of.called().to_owned() }, Author::Agent { id: agent, name: name.clone() });
    let order = (10_000 + chance.below(89_999)).to_string();
    let item = *chance.one(tongue.items);
    let fill = |text: &str| text.replace("{name}", &of.name).replace("{agent}", &name).replace("{n}", &order).replace("{item}", item);
    // most come soon, some take long
    let pause = |chance: &mut Chance| {
        let (longest, part) = (if kind == Kind::Chat { 240 } else { 30 * 3600 }, chance.below(1_000));
        i64::try_from(longest * part * part / 1_000_000 + 12).unwrap_or(60) * 1_000_000
    };
    let mut at = from;
    let mut said = vec![];
    let turns = 1 + chance.below(if kind == Kind::Chat { 7 } else { 8 });
    for turn in 0..=turns {
        if turn > 0 {
            at = at.plus(pause(chance)).min(cast.now);
        }
        let (kind, author, text) = match turn {
            0 => (MessageKind::Said, &customer, fill(matter.asks)),
            1 => (MessageKind::Said, &agent, fill(matter.answers)),
            _ if chance.percent(12) => (MessageKind::Noted, &agent, (*chance.one(tongue.notes)).to_owned()),
            _ if turn == turns => (MessageKind::Said, &customer, (*chance.one(tongue.thanks)).to_owned()),
            _ if turn % 2 == 0 => (MessageKind::Said, &customer, (*chance.one(tongue.more)).to_owned()),
            _ => (MessageKind::Said, &agent, (*chance.one(tongue.helps)).to_owned()),
        };
        let what = if kind == MessageKind::Noted { What::MessageNoted } else { What::MessageSaid };
        said.push(Said { id: MessageId::from_bits(chance.bits(at)), what, kind, author: author.clone(), at, text, happened: None });
    }
    ((fill(matter.subject), matter.tag), said)
}

fn line(kind: Kind, chance: &mut Chance, of: &Contact, cast: &Cast, said: &[Said], (subject, tag): (String, &str)) -> Line {
    let created_at = said[0].at;
    let mut tags = vec![];
    if chance.percent(60) {
        tags.push(tag.to_owned());
    }
    if chance.percent(8) {
        tags.push("vip".into());
    }
    let last = said.iter().rev().find(|said| said.kind == MessageKind::Said).unwrap_or(&said[0]);
    let newest = &said[said.len() - 1];
    let folder = match chance.below(100) {
        0..2 if kind == Kind::Ticket => Folder::Spam,
        2..4 if kind == Kind::Ticket => Folder::Trash,
        _ => Folder::Inbox,
    };
    Line {
        id: ConversationId::from_bits(chance.bits(created_at)),
        kind,
        channel: Channel::begun(kind, Some(Channel::Email)),
        number: None,
        subject: if kind == Kind::Ticket { subject } else { String::new() },
        contact: of.clone(),
        preview: preview(&newest.text),
        preview_by: agent_of(&newest.author),
        status: Status::Open,
        snoozed_until: None,
        priority: [
            Priority::Medium,
            Priority::Medium,
            Priority::Medium,
            Priority::Medium,
            Priority::Low,
            Priority::High,
            Priority::Lowest,
            Priority::Highest,
        ][usize::try_from(chance.below(8)).unwrap_or(0)],
        assignee: assignee(chance, cast, said),
        tags,
        folder,
        attachments: 0,
        last_at: newest.at,
        waiting_since: matches!(last.author, Author::Contact { .. }).then_some(last.at),
        due: None,
        missed: false,
        followers: vec![],
        from_chat: false,
        created_at,
        seq: 0,
    }
}

fn assignee(chance: &mut Chance, cast: &Cast, said: &[Said]) -> Assignee {
    let spoke = said.iter().find_map(|said| agent_of(&said.author));
    match chance.below(100) {
        0..15 => Assignee::Nobody,
        15..30 if !cast.departments.is_empty() => Assignee::Department(chance.one(&cast.departments).clone()),
        _ => spoke.map_or(Assignee::Nobody, Assignee::Agent),
    }
}

fn agent_of(author: &Author) -> Option<AgentId> {
    if let Author::Agent { id, .. } = author { Some(id.clone()) } else { None }
}

/// Old ones are done, most new ones are not; a chat that nobody answered was missed.
fn finish(mut line: Line, mut said: Vec<Said>, now: Moment, chance: &mut Chance) -> Made {
    let kind = line.kind;
    if kind == Kind::Ticket {
        said[0].what = What::TicketOpened;
    }
    let old = said[0].at.0 < line.last_at.0 && chance.percent(75);
    let spoke = said.iter().find(|said| matches!(said.author, Author::Agent { .. })).map(|said| said.author.clone());
    if kind == Kind::Chat && chance.percent(15) {
        said.truncate(1);
        (line.missed, line.preview, line.preview_by) = (true, preview(&said[0].text), None);
        (line.last_at, line.waiting_since, line.assignee) = (said[0].at, Some(said[0].at), Assignee::Nobody);
    } else if let Some(author) = spoke.filter(|_| old && line.folder == Folder::Inbox) {
        let status = *chance.one(&[Status::Solved, Status::Solved, Status::Solved, Status::Closed, Status::Pending]);
        let at = line.last_at.plus(HOUR / 4).min(now);
        said.push(Said {
            id: MessageId::from_bits(chance.bits(at)),
            what: What::StatusChanged,
            kind: MessageKind::Happened,
            author,
            at,
            text: String::new(),
            happened: Some(Happening::Status { to: status }),
        });
        (line.status, line.waiting_since) = (status, None);
    }
    let over = kind == Kind::Chat && matches!(line.status, Status::Solved | Status::Closed);
    let rating = if over && chance.percent(55) { Some(rate(&mut said, now, chance)) } else { None };
    Made { line, said, department: None, rating, file: None }
}

/// The visitor says how it was.
fn rate(said: &mut Vec<Said>, now: Moment, chance: &mut Chance) -> Rating {
    let rating = match chance.below(100) {
        0..74 => Rating::Good,
        74..89 => Rating::Neutral,
        _ => Rating::Bad,
    };
    let at = said[said.len() - 1].at.plus(MINUTE).min(now);
    said.push(Said {
        id: MessageId::from_bits(chance.bits(at)),
        what: What::ChatRated,
        kind: MessageKind::Happened,
        author: said[0].author.clone(),
        at,
        text: String::new(),
        happened: Some(Happening::Rated { rating }),
    });
    rating
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast() -> Cast {
        Cast { agents: vec![(AgentId::from_bits(1), "Marta".into())], departments: vec![], now: Moment(1_780_000_000_000_000), count: 500 }
    }

    fn made(number: u64) -> Made {
        let (of, tongue) = contact(number / 4, cast().now);
        conversation(if number.is_multiple_of(7) { Kind::Chat } else { Kind::Ticket }, number, number, &of, tongue, &cast())
    }

    #[test]
    fn the_same_number_gives_the_same_conversation() {
        let (one, other) = (made(42), made(42));
        assert_eq!(one.line, other.line);
        assert!(one.said.iter().zip(&other.said).all(|(a, b)| a.id == b.id && a.text == b.text));
    }

    #[test]
    fn a_world_is_whole_and_believable() {
        let all: Vec<Made> = (0..500).map(made).collect();
        for made in &all {
            assert!(made.said.iter().all(|said| !said.text.contains('{') && said.at <= cast().now));
            assert!(made.said.windows(2).all(|pair| pair[0].at <= pair[1].at));
            assert!(made.line.contact.email.parse::<model::address::EmailAddress>().is_ok(), "{}", made.line.contact.email);
            assert_eq!(made.line.subject.is_empty(), made.line.kind == Kind::Chat);
        }
        let messages: usize = all.iter().map(|made| made.said.len()).sum();
        assert!((4 * 500..9 * 500).contains(&messages), "{messages}");
        let open = all.iter().filter(|made| made.line.status == Status::Open).count();
        assert!((50..350).contains(&open), "{open}");
    }
}
