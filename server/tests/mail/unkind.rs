//! T-07: a relay with slow, busy and broken recipients. Each letter is taken exactly once or has visibly failed, those to others wait at
//! most five seconds, and one domain that takes its time holds up no other. Seventy seconds are seven here; pauses pass by the clock.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use model::{
    letter::LetterStatus,
    moment::{HOUR, MINUTE},
};
use server::{
    config::{Relay, RelayTls},
    mail::smtp_out::SmtpOut,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    time::Instant,
};

use super::{common::World, letter_to, state_of, wait};

/// How long a slow recipient takes.
const SLOW: Duration = Duration::from_secs(7);

/// What the relay knows: tries of each recipient, and when letters were taken.
#[derive(Default)]
struct Noted {
    tries: HashMap<String, u32>,
    taken: Vec<(String, String, Instant)>,
}

type Book = Arc<Mutex<Noted>>;

async fn unkind() -> (Relay, Book) {
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let book = Book::default();
    let noted = book.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(serve(BufReader::new(stream), noted.clone()));
        }
    });
    (Relay { host: "127.0.0.1".into(), port, tls: RelayTls::None, credentials: None, ca_file: None }, book)
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()
}

/// Each recipient has its way, by the name before the @: some relent at the third try.
async fn serve(mut stream: BufReader<TcpStream>, book: Book) -> Option<()> {
    say(&mut stream, "220 relay").await?;
    let (mut to, mut tried) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let way = |to: &str| to.split(['.', '@']).next().unwrap_or_default().to_owned();
        match line.get(..4)? {
            "RCPT" => {
                line.split(['<', '>']).nth(1)?.clone_into(&mut to);
                tried = {
                    let mut book = book.lock().ok()?;
                    let count = book.tries.entry(to.clone()).or_default();
                    *count += 1;
                    *count
                };
                let answer = match way(&to).as_str() {
                    "hasty" if tried < 3 => "421 4.7.0 Too many letters from you",
                    "grey" if tried < 3 => "450 4.2.0 Greylisted, come again",
                    "gone" => "550 5.1.1 No such user",
                    _ => "250 2.1.5 Ok",
                };
                say(&mut stream, answer).await?;
                if answer.starts_with("421") {
                    return None;
                }
            }
            "DATA" => {
                say(&mut stream, "354 Go on").await?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await.ok()?;
                }
                match way(&to).as_str() {
                    // hangs up when it has everything, and has not taken it
                    "cut" if tried < 3 => return None,
                    "slow" => tokio::time::sleep(SLOW).await,
                    "full" if tried < 3 => {
                        say(&mut stream, "452 4.2.2 Mailbox full").await?;
                        continue;
                    }
                    "spam" => {
                        say(&mut stream, "554 5.7.1 Refused by policy").await?;
                        continue;
                    }
                    _ => {}
                }
                say(&mut stream, "250 2.0.0 Taken").await?;
                let id = mail.lines().find(|line| line.starts_with("Message-ID:")).unwrap_or_default().to_owned();
                book.lock().ok()?.taken.push((to.clone(), id, Instant::now()));
            }
            "QUIT" => return None,
            _ => say(&mut stream, "250 2.0.0 Ok").await?,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_letter_is_taken_once_or_fails_visibly_and_none_holds_up_others() {
    let (world, token) = World::with_founder().await;
    let (relay, book) = unkind().await;
    // more slow ones than there are senders, and they come first
    for number in 0..12 {
        letter_to(&world, &token, &format!("slow.{number}@slow.example")).await;
    }
    let troubled = ["hasty@hasty.example", "grey@grey.example", "cut@cut.example", "full@full.example"];
    for email in troubled.iter().chain(&["gone@gone.example", "spam@spam.example"]) {
        letter_to(&world, &token, email).await;
    }
    for number in 0..6 {
        letter_to(&world, &token, &format!("fine@fine{number}.example")).await;
    }
    // the clock stands still while letters are under way: it was they that moved it
    let due = Instant::now();
    tokio::spawn(SmtpOut::new(world.desk.clone(), Some(relay), world.closing.subscribe()).run());
    let when = |email: &str| book.lock().expect("a book").taken.iter().filter(|(to, ..)| to == email).map(|(.., at)| *at).next();
    for number in 0..6 {
        let email = format!("fine@fine{number}.example");
        let at = wait(|| async { when(&email) }).await;
        assert!(at - due < Duration::from_secs(5), "{email}: {:?}", at - due);
    }
    for email in ["gone@gone.example", "spam@spam.example"] {
        let state = wait(|| async { state_of(&world, &token, email).await.filter(|state| state.status == LetterStatus::Failed) }).await;
        assert!(state.why.as_deref().is_some_and(|why| why.contains("5.")), "{state:?}");
    }
    for email in troubled {
        let waits = wait(|| async { state_of(&world, &token, email).await.filter(|state| state.why.is_some()) }).await;
        assert_eq!(waits.status, LetterStatus::Waiting, "{waits:?}");
    }
    for number in 0..12 {
        let email = format!("slow.{number}@slow.example");
        for _ in 0..3 {
            if when(&email).is_some() {
                break;
            }
            tokio::time::sleep(SLOW).await;
        }
        wait(|| async { state_of(&world, &token, &email).await.filter(|state| state.status == LetterStatus::Sent) }).await;
    }
    // nothing is under way now: the pauses between tries pass
    for pause in [2 * MINUTE, 10 * MINUTE, 2 * HOUR, 2 * HOUR] {
        world.later(pause);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    for email in troubled {
        wait(|| async { state_of(&world, &token, email).await.filter(|state| state.status == LetterStatus::Sent) }).await;
    }
    let all: Vec<(String, String)> = book.lock().expect("a book").taken.iter().map(|(to, id, _)| (to.clone(), id.clone())).collect();
    let recipients: HashSet<&String> = all.iter().map(|(to, _)| to).collect();
    let ids: HashSet<&String> = all.iter().map(|(_, id)| id).collect();
    assert_eq!((all.len(), recipients.len(), ids.len()), (22, 22, 22), "one copy of each");
    let suppressed = world.agent(&token).await.list_suppressed().await.expect("a list");
    let suppressed: Vec<&str> = suppressed.iter().map(|one| one.email.as_str()).collect();
    assert_eq!(suppressed, ["gone@gone.example"], "an address that does not exist is remembered; a letter refused for what it is, is not");
}
