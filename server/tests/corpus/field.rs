//! The table: per set and field, how many agree, beside a floor that only rises. A disagreement that is no fault of ours stands here with
//! its reason, and only as long as it is one.

use std::collections::BTreeMap;

/// What of each field agrees at least, in percent of what is expected of it: they only rise.
const FLOORS: [(&str, &str, f64); 26] = [
    ("chatwoot", "accepted", 100.0),
    ("chatwoot", "attachments", 100.0),
    ("chatwoot", "automatic", 100.0),
    ("chatwoot", "contact", 100.0),
    ("chatwoot", "pictures in place", 100.0),
    ("chatwoot", "report", 100.0),
    ("chatwoot", "subject", 100.0),
    ("chatwoot", "words", 100.0),
    ("discourse", "reply", 98.0),
    ("libredesk", "attachments", 100.0),
    ("sisimai", "class", 99.0),
    ("sisimai", "no report", 100.0),
    ("talon", "reply", 100.0),
    ("tnef", "names", 100.0),
    ("zammad", "accepted", 100.0),
    ("zammad", "attachment bytes", 100.0),
    ("zammad", "attachment names", 98.0),
    ("zammad", "body", 95.0),
    ("zammad", "contact", 98.0),
    ("zammad", "from", 98.0),
    ("zammad", "no ticket of it", 100.0),
    ("zammad", "sender type", 100.0),
    ("zammad", "subject", 98.0),
    ("zammad", "ticket body", 98.0),
    ("zammad", "ticket title", 98.0),
    ("zammad", "to and cc", 98.0),
];

/// Why a part of text without a name, behind a file, is what was written.
const FAX: &str = "text without a name behind a file is what was written; Zammad makes a file of it and sees no words";
/// Why the contact of a ticket is another one.
const ANSWERS: &str = "Reply-To, within one organisation, says whose the ticket is; Zammad keeps From";
/// Why a title is no word of a mail.
const TITLE: &str = "the title of a page is shown nowhere in it; Zammad puts it above the words";
/// Why a forwarded mail is left as it is.
const FORWARDED: &str = "a forwarded mail is what it is about, and not cut";
/// Why the list of what is wrapped is not the rule.
const LISTED: &str = "the list leaves out files that are there, and that its own program takes out";

/// Expectations that Recado does not share: the set, the mail, the field, and why.
const OTHERWISE: [(&str, &str, &str, &str); 19] = [
    ("chatwoot", "reply_to", "contact", "the same mail came before, in another file, and a copy changes nothing; its id is that of others"),
    ("discourse", "forwarded_message.txt", "reply", FORWARDED),
    ("discourse", "forwarded_gmail.txt", "reply", FORWARDED),
    ("discourse", "forwarded_apple.txt", "reply", FORWARDED),
    ("discourse", "spam_1.txt", "reply", "what is all quoted is shown whole, or nobody would see what came"),
    (
        "sisimai",
        "bsd/lhost-fml-02.eml",
        "class",
        "a list says who is no member of it: no address failed, and it is kept as a machine's mail",
    ),
    ("sisimai", "bsd/lhost-sendmail-14.eml", "class", "a person forwards a report below words of their own"),
    ("tnef", "long-filename", "names", LISTED),
    ("tnef", "missing-filenames", "names", LISTED),
    ("tnef", "christmas", "names", "the list counts what only stands in for a message as a file beside it"),
    ("zammad", "mail016", "body", TITLE),
    ("zammad", "mail025", "body", "a file that stands in the text (uuencode) is a file; Zammad shows its lines as words"),
    ("zammad", "mail035", "contact", ANSWERS),
    ("zammad", "mail047", "body", TITLE),
    ("zammad", "mail047", "contact", ANSWERS),
    ("zammad", "mail054", "body", "its words are found though a header is broken; Zammad finds none"),
    ("zammad", "mail087", "attachment names", FAX),
    ("zammad", "mail087", "body", FAX),
    ("zammad", "mail087", "from", "a name and an address without brackets: Zammad takes both for the address, Recado finds it"),
];

/// Of one field of one set.
#[derive(Default)]
struct Row {
    right: usize,
    otherwise: usize,
    wrong: Vec<String>,
}

/// What was compared so far.
#[derive(Default)]
pub struct Table {
    rows: BTreeMap<(&'static str, &'static str), Row>,
    /// Reasons for what agrees all the same.
    idle: Vec<usize>,
}

impl Table {
    /// Counts one comparison.
    pub fn check(&mut self, (set, mail, field): (&'static str, &str, &'static str), agrees: bool, shown: impl FnOnce() -> String) {
        let row = self.rows.entry((set, field)).or_default();
        let reason = OTHERWISE.iter().position(|known| (known.0, known.1, known.2) == (set, mail, field));
        match reason {
            _ if agrees => {
                row.right += 1;
                self.idle.extend(reason);
            }
            Some(_) => row.otherwise += 1,
            None => row.wrong.push(format!("{mail}: {}", shown().chars().take(300).collect::<String>())),
        }
    }

    /// Counts whether two texts are the same.
    pub fn same(&mut self, place: (&'static str, &str, &'static str), wanted: &str, got: &str) {
        self.check(place, wanted == got, || format!("wanted {wanted:?}, got {got:?}"));
    }

    /// Prints it, and holds each field above its floor.
    pub fn hold(self) {
        println!("{:12} {:18} {:>5} {:>5} {:>9} {:>6} {:>7} {:>7}", "set", "field", "all", "agree", "otherwise", "wrong", "%", "floor");
        let mut below = vec![];
        for ((set, field), row) in &self.rows {
            let all = row.right + row.otherwise + row.wrong.len();
            let share = percent(row.right + row.otherwise, all);
            let floor = FLOORS.iter().find(|known| (known.0, known.1) == (*set, *field)).map(|known| known.2);
            let (otherwise, wrong, least) = (row.otherwise, row.wrong.len(), floor.unwrap_or_default());
            println!("{set:12} {field:18} {all:>5} {:>5} {otherwise:>9} {wrong:>6} {share:>7.1} {least:>7.1}", row.right);
            for wrong in &row.wrong {
                println!("    {wrong}");
            }
            if floor.is_none_or(|floor| share < floor) {
                below.push(format!("{set} {field}: {share:.1} % of {floor:?}"));
            }
        }
        let missing: Vec<_> = FLOORS.iter().filter(|known| !self.rows.contains_key(&(known.0, known.1))).collect();
        assert!(below.is_empty() && missing.is_empty(), "below their floors: {below:#?}\nnot compared at all: {missing:?}");
        let idle: Vec<_> = self.idle.iter().map(|place| OTHERWISE[*place]).collect();
        assert!(idle.is_empty(), "these agree by now: {idle:?}");
    }
}

fn percent(right: usize, all: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    100.0 * number(right) / number(all.max(1))
}
