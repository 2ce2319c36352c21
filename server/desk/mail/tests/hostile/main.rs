//! Mails that nobody would write: samples mutated by a seeded generator, thrown at the readers (`targets.rs`);
//! and bodies that grow, to see that the time grows no faster. `RECADO_FUZZ_ROUNDS` asks for more rounds.

#[path = "../score/busy.rs"]
mod busy;
mod dialog;
mod targets;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use busy::busy;
use mail::{forward, quote};

/// Rounds per target unless the environment says otherwise: some seconds unoptimised.
const ROUNDS: u64 = 500;
/// Bytes of a mutated mail.
const LONGEST: usize = 12_000;
/// What one round may take, unoptimised and beside other tests.
const PATIENCE: Duration = Duration::from_secs(10);

/// Small mails of our own, one for each thing that the readers know.
const SAMPLES: [&str; 9] = [
    "From: \"Ana Lima\" <ana@home.example>\r\nTo: t0198c5b1c2d3e4f5a6b7c8d9e-0123456789abcdef@in.shop.example\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?w7Y=?=\r\nMessage-ID: <1@home.example>\r\n\r\nyes\r\n\r\nOn Mon, 3 Feb 2025 at 10:12, Bo <bo@shop.example> wrote:\r\n> old\r\n>\r\n> older\r\n-- \r\nAna\r\n",
    "From: a@b.example\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nHi\n--c\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>H=E4<blockquote type=3Dcite>old</blockquote><img src=3D\"cid:p\">\n--c--\n--b\nContent-Type: image/png; name*0*=utf-8''a%20; name*1=b.png\nContent-ID: <p>\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0K\n--b--\n",
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ana@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <m.1@in.shop.example>\n\nHi\n--b--\n",
    "From: me@desk.example\nSubject: Fwd: broken\n\nplease help her\n\n---------- Forwarded message ---------\nFrom: Ana <ana@home.example>\nDate: Mon, 3 Feb 2025\nSubject: broken\nTo: <me@desk.example>\nCc: Bo <bo@x.example>, c@x.example\n\nIt broke.\n",
    "From: a@b.example\nContent-Type: text/plain; format=flowed; delsp=yes; charset=\"utf-7\"\n\nlong \nline\n> quo \n> ted\nbegin 644 a.txt\n#0V%T\n`\nend\n",
    "From: <>\nSender: Bob bob@b.example\nReply-To: undisclosed: ;\nSubject: \x1b$B$3$N%a!<%k\x1b(B\nContent-Type: text/html\n\n<style>p{}</style><div class=\"gmail_quote\"><table><tr><td>a<td>b</table></div><div id=appendonsend></div><b><i><a href=\"javascript:x\">c",
    "Subject: WG: kaputt\n\nVon: Ana <ana@shop.example>\nGesendet: Montag\nAn: me@desk.example\nBetreff: kaputt\n\n> Anfang der weitergeleiteten Nachricht:\n>\n> *Von:* Ana\n",
    "From: shop@x.example\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--s\nContent-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----\n--s--\n",
    "From: \"a, b\" <a@b.example>, c (d (e) f) <g@h.example>; i@j.example\nAuto-Submitted: auto-replied\nReferences: <1@x> <2@x>\n <3@x>\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgEAAQeQBgAIAAAA4wQAAAAAAADnAAEDkAYARAAAAAEAAAACAQkQAQAAADEAAAAtAAAAKwAAAExaRnXxxcenAwAKAHJjcGcxMjVCMgrzIGhlbAkAIGJ3BbBsZH0KgA+gAAAAhA4CApAGAA4AAAAAAAAAAAAAAAAAAAAAAAAAAhCAAQAIAAAAQX4xLlRYVAAeAgIPgAYAAgAAAEhpsQACBZAGACAAAAABAAAAHwAHNwEAAAAQAAAAYQAgAGIALgB0AHgAdAAAAOACAgKQBgAOAAAAAAAAAAAAAAAAAAAAAAAAAAIFkAYAYAAAAAEAAAANAAE3AQAAAE0AAAAHAwIAAAAAAMAAAAAAAABGeJ8+IgEAAgKQBgAOAAAAAAAAAAAAAAAAAAAAAAAAAAIQgAEABwAAAGluLnR4dABlAgIPgAYAAQAAADIyAAAAACgI\n",
];

/// Pieces that mean something to one reader or another.
const PIECES: [&str; 28] = [
    "\r\n",
    "\n\n",
    "--b",
    "--b--",
    "> ",
    ">>>>",
    "wrote:",
    "From: ",
    "Subject: ",
    "=?utf-8?B?",
    "?=",
    "<",
    ">",
    "@",
    "\"",
    "(",
    ";",
    "boundary=",
    "Content-Type: message/rfc822\n\n",
    "-----Original Message-----",
    "On 3 Feb 2025, ",
    "<blockquote>",
    "</div>",
    "\0",
    "\u{e000}",
    "\u{202e}",
    "begin 644 x\n",
    "```\n",
];

/// A small generator (xorshift): the same numbers on each machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.next(length + 1);
        start..start + self.next((length - start).min(400) + 1)
    }
}

fn mutate(bytes: &mut Vec<u8>, others: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.next(6) {
        let at = numbers.next(bytes.len() + 1);
        let range = numbers.range(bytes.len());
        match numbers.next(7) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.next(256)).unwrap_or(0),
            1 => drop(bytes.drain(range)),
            2 => {
                let copy = bytes[range].to_vec();
                for _ in 0..=numbers.next(20) {
                    bytes.splice(at..at, copy.iter().copied());
                }
            }
            3 => bytes.truncate(at),
            4 => {
                let other = &others[numbers.next(others.len())];
                let part = numbers.range(other.len());
                bytes.splice(at..at, other[part].iter().copied());
            }
            _ => {
                let piece = PIECES[numbers.next(PIECES.len())].repeat(1 + numbers.next(3) * numbers.next(30));
                bytes.splice(at..at, piece.bytes());
            }
        }
        bytes.truncate(LONGEST);
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Our samples, and of the corpus (where it is) every so-manyth file.
fn samples() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = SAMPLES.iter().map(|sample| sample.as_bytes().to_vec()).collect();
    let folder = std::env::var_os("RECADO_MAIL_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/mail-corpus"), PathBuf::from);
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    paths.sort();
    all.extend(paths.iter().step_by(13).filter_map(|path| std::fs::read(path).ok()).map(|mut bytes| {
        bytes.truncate(LONGEST);
        bytes
    }));
    all
}

fn throw(target: fn(&[u8]), samples: &[Vec<u8>], seed: u64) {
    let rounds = std::env::var("RECADO_FUZZ_ROUNDS").ok().and_then(|said| said.parse().ok()).unwrap_or(ROUNDS);
    let mut numbers = Numbers(seed);
    for round in 0..rounds {
        let mut bytes = samples[numbers.next(samples.len())].clone();
        mutate(&mut bytes, samples, &mut numbers);
        let start = busy();
        let result = std::panic::catch_unwind(|| target(&bytes));
        let shown = || String::from_utf8_lossy(&bytes).into_owned();
        assert!(result.is_ok(), "round {round} of seed {seed}: {:?}", shown());
        assert!(
            busy().saturating_sub(start) < PATIENCE,
            "round {round} of seed {seed} took {:?}: {:?}",
            busy().saturating_sub(start),
            shown()
        );
    }
    println!("{rounds} rounds over {} samples", samples.len());
}

#[test]
fn mutated_mails_are_read() {
    throw(targets::parse, &samples(), 0x2545_f491_4f6c_dd1d);
}

#[test]
fn mutated_bodies_are_split_and_nothing_is_lost() {
    throw(targets::split, &samples(), 0x9e37_79b9_7f4a_7c15);
}

#[test]
fn mutated_addresses_are_read() {
    throw(targets::addresses, &samples(), 0xd1b5_4a32_d192_ed03);
}

#[test]
fn mutated_wrappings_are_opened() {
    throw(targets::wrapped, &samples(), 0x94d0_49bb_1331_11eb);
}

fn time(body: &str) -> f64 {
    let start = busy();
    let halves = quote::split(body, Some(body));
    let found = forward::find("Fwd: x", body);
    assert!(!halves.reply.is_empty() || found.is_some() || body.trim().is_empty());
    busy().saturating_sub(start).as_secs_f64()
}

#[test]
fn a_longer_body_takes_longer_by_no_more_than_its_length() {
    for piece in [
        "On Mon, 3 Feb 2025 at 10:12, ",
        "On 3 Feb 2025 a@b.example\n",
        "Ana wrote:\n",
        "> old\nnew\n",
        ">",
        "From: a\n",
        "From: a@b.example\nTo: c\nSubject: d\n\n",
        "-----Original Message-----\n",
        "---------- Forwarded message ---------\n",
        "<blockquote>x",
        "<div class=\"gmail_quote\">x</div>\n",
        "-- \n",
        "Sent from my iPhone\n",
        "2025-02-03 10:12 GMT+01:00 a <\n",
        "_",
        "a b c d e f\n",
    ] {
        let bodies = [10_000, 40_000].map(|length: usize| piece.repeat(length / piece.len()));
        // Four times the body: sixteen times the time would be quadratic; what takes no time at all is not measured. Others use the
        // machine and its caches too: the shortest of each counts, measured in turn until they are about linear, or were not in ten turns.
        let (mut one, mut two) = (f64::INFINITY, f64::INFINITY);
        let is_linear = (1..=10).any(|turn| {
            one = one.min(time(&bodies[0]));
            two = two.min(time(&bodies[1]));
            turn > 1 && (two < 0.04 || two / one < 8.0)
        });
        println!("{one:>8.4} s, four times {two:>8.4} s, {:>4.1} times: {piece:?}", two / one);
        assert!(is_linear, "{piece:?} takes more than its length");
    }
}
