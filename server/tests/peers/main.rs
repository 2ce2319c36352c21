//! Letters and answers through the peers there are: out through postfix into mailboxes that dovecot serves, read there by a mail program
//! on other libraries, which checks our signature with another implementation and answers as Thunderbird, Outlook, Gmail and Apple's
//! programs do; back through postfix by SMTP and LMTP, or fetched from a mailbox by IMAP. Each answer stands in its ticket.

mod clients;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/dns.rs"]
mod dns;
#[path = "../imap/dovecot.rs"]
mod dovecot;
mod postfix;
mod ways;

use std::{net::SocketAddr, path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use clients::{Answer, CLIENTS, Read};
use common::World;
use dovecot::Dovecot;
use model::{
    ConversationId,
    message::{Author, Channel, Message},
    ticket::{ReplyForm, TicketForm},
};
use postfix::{Postfix, Routes};
use server::{
    config::{Relay, RelayTls},
    mail::{
        authenticate::Authenticator,
        dkim::{Dkim, make},
        imap::{ImapIn, Manner},
        smtp_in::SmtpIn,
        smtp_out::SmtpOut,
        worker::Worker,
    },
};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, net::TcpListener, process::Command};

/// Domain of the customers.
const CUSTOMERS: &str = "customer.example";
/// A domain whose mail comes back: who it is handed to knows nobody there.
const GONE: &str = "gone.example";

/// All of it: Recado, its relay, and the customers' mailboxes.
struct Street {
    world: World,
    agent: desk::Agent,
    relay: Postfix,
    mailboxes: Dovecot,
    dns: SocketAddr,
    /// A key in the form that dkimpy reads, of the agents' domain.
    key: PathBuf,
    _folder: TempDir,
}

/// How postfix hands mail to Recado.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Smtp,
    /// Over a socket in the file system.
    Lmtp,
}

impl Street {
    /// None where a peer cannot run.
    async fn open(way: Way) -> Option<Self> {
        let mailboxes = Dovecot::start().await?;
        let folder = tempfile::tempdir().expect("a folder");
        let (ours, theirs) = (folder.path().join("dkim.key"), folder.path().join("a.key"));
        make(&ours).expect("a key");
        let dkim = Arc::new(Dkim::load(&ours, "recado", "in.example.com").expect("a key"));
        let vouching = agents_key(&theirs);
        let dns = dns::dns([(dkim.record().name.as_str(), dkim.record().value.as_str()), ("k._domainkey.a.example", &vouching)]).await;
        let (world, token) = World::founded(&[("RECADO_MAIL_UNDO_SECONDS", "0")]).await;
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let smtp = socket.local_addr().expect("an address").port();
        let listener = SmtpIn::new(world.desk.clone(), 10_000_000, (50, 50), None, world.closing.subscribe());
        tokio::spawn(listener.clone().listen(socket));
        let file = ways::socket(folder.path());
        if way == Way::Lmtp {
            tokio::spawn(listener.listen(ways::bind(&file)));
        }
        let over_there = match way {
            Way::Smtp => format!("smtp:[127.0.0.1]:{smtp}"),
            Way::Lmtp => format!("lmtp:unix:{}", file.display()),
        };
        let users: Vec<&str> = CLIENTS.iter().map(|(name, _)| *name).chain(["shop", "ana"]).collect();
        let nobody = format!("smtp:[127.0.0.1]:{smtp}");
        let ways = [("in.example.com", over_there.as_str()), (GONE, nobody.as_str())];
        let relay = Postfix::start(&Routes { mailboxes: &mailboxes.mailboxes(), users: &users, domain: CUSTOMERS, ways: &ways }).await?;
        let authenticator = Authenticator::new(true, Some(dns), None, "in.example.com").expect("an authenticator");
        tokio::spawn(Worker::new(world.desk.clone(), authenticator, world.closing.subscribe()).run());
        let to = Relay { host: "127.0.0.1".into(), port: relay.port, tls: RelayTls::None, credentials: None, ca_file: None };
        tokio::spawn(SmtpOut::new(world.desk.clone(), Some(to), world.closing.subscribe()).signing(Some(dkim)).run());
        let manner = Manner { poll: Duration::from_secs(2), pause: Duration::from_millis(200), ..Manner::new(1_000_000, None) };
        tokio::spawn(ImapIn::new(world.desk.clone(), manner, world.closing.subscribe()).run());
        let follows = world.desk.clone();
        tokio::spawn(async move {
            loop {
                while follows.follow_mail().await.expect("followed") {}
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let agent = world.agent(&token).await;
        Some(Self { world, agent, relay, mailboxes, dns, key: theirs, _folder: folder })
    }

    /// A ticket to a customer.
    async fn write_to(&self, email: &str, subject: &str, text: &str) -> ConversationId {
        let form = TicketForm {
            email: email.into(),
            subject: subject.into(),
            text: text.into(),
            assignee: "nobody".into(),
            ..TicketForm::default()
        };
        self.agent.open_ticket(form.check().expect("a form")).await.expect("opened")
    }

    async fn reply(&self, ticket: &ConversationId, text: &str) {
        let form = ReplyForm { text: text.into(), ..ReplyForm::default() };
        self.agent.reply(ticket.clone(), form.check().expect("a form")).await.expect("replied");
    }

    /// The newest of so many mails in a customer's mailbox.
    async fn read(&self, user: &str, count: usize) -> Read {
        let (port, dns) = (self.mailboxes.port.to_string(), self.dns.port().to_string());
        let said = python(&["read", &port, user, &count.to_string(), &dns], "").await;
        let said = said.unwrap_or_else(|why| panic!("{why}\n{}\n{}", self.relay.log(), self.mailboxes.log()));
        serde_json::from_str(&said).expect("what a mail says")
    }

    /// A mail on its way, signed by the agents' domain or not.
    async fn send(&self, from: &str, to: &str, raw: &str, signed: bool) {
        let (port, key) = (self.relay.port.to_string(), self.key.display().to_string());
        let mut arguments = vec!["send", port.as_str(), from, to];
        if signed {
            arguments.extend(["a.example", "k", &key]);
        }
        let raw = raw.replace('\n', "\r\n");
        python(&arguments, &raw).await.unwrap_or_else(|why| panic!("{why}\n{}", self.relay.log()));
    }

    /// A ticket's words once there are so many of them.
    async fn words(&self, ticket: &ConversationId, count: usize) -> Vec<Message> {
        let mut words = vec![];
        for _ in 0..150 {
            words = self.agent.open_thread(ticket.clone()).await.expect("a thread").messages;
            words.retain(|message| message.happened.is_none());
            if words.len() >= count {
                return words;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let letters = self.agent.list_letters_in(None, "").await.expect("letters");
        panic!("{} of {count} words: {words:#?}\n{letters:#?}\n{}", words.len(), self.relay.log());
    }

    async fn tickets(&self) -> usize {
        self.agent.list_inbox(model::view::View::default()).await.expect("an Inbox").rows.len()
    }
}

/// Makes a key of the agents' domain as dkimpy reads it; gives its record.
fn agents_key(file: &std::path::Path) -> String {
    let pkcs8 = file.with_extension("pkcs8");
    make(&pkcs8).expect("a key");
    let pem = std::fs::read_to_string(&pkcs8).expect("a key");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = data_encoding::BASE64.decode(body.as_bytes()).expect("base64");
    // PKCS#8 is PKCS#1 in an envelope: 26 bytes for a key of 2048 bits
    let inner = data_encoding::BASE64.encode(&der[26..]);
    std::fs::write(file, format!("-----BEGIN RSA PRIVATE KEY-----\n{inner}\n-----END RSA PRIVATE KEY-----\n")).expect("written");
    Dkim::load(&pkcs8, "k", "a.example").expect("a key").record().value.clone()
}

/// Runs the customers' mail program; what it printed, or what it complained of.
#[expect(clippy::disallowed_methods, reason = "the mail program is another program")]
async fn python(arguments: &[&str], input: &str) -> Result<String, String> {
    let python = std::env::var_os("RECADO_PYTHON").unwrap_or_else(|| "python3".into());
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers/client.py");
    let mut child = Command::new(python)
        .arg(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut stdin = child.stdin.take().expect("piped");
    // who lacks a module has hung up already
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let done = child.wait_with_output().await.expect("it ends");
    let (out, wrong) = (String::from_utf8_lossy(&done.stdout).into_owned(), String::from_utf8_lossy(&done.stderr).into_owned());
    assert!(!wrong.contains("No module named"), "it needs dkimpy and dnspython: apt-get install python3-dkim\n{wrong}");
    if done.status.success() { Ok(out) } else { Err(wrong) }
}

/// What all of them answer: two paragraphs, one of them long, with letters beyond ASCII.
const WORDS: &str =
    "Olá, obrigado! A caixa chegou ontem, mas falta uma peça: o parafuso que segura a tampa, e sem ele nada fecha.\nPodem enviar outro?";

/// Words without the empty lines that programs put between paragraphs.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_common_mail_programs_travel_through_postfix_and_dovecot() {
    let Some(street) = Street::open(Way::Smtp).await else { return };
    for (name, client) in CLIENTS {
        let me = format!("{name}@{CUSTOMERS}");
        let ticket = street.write_to(&me, "Olá: a sua encomenda nº 12", "It left **today** — the tracking is `BR123`.").await;
        let first = street.read(name, 1).await;
        assert!(first.dkim, "{name}: another implementation believes our signature");
        let address = street.agent.open_thread(ticket.clone()).await.expect("a thread").reply_address;
        assert_eq!((first.reply_to.as_str(), first.subject.as_str()), (address.as_str(), "Olá: a sua encomenda nº 12"));
        assert!(first.from.contains(&address) && first.to == me && first.return_path.starts_with('b'), "{first:?}");
        assert!(
            first.text.contains("It left today — the tracking is BR123.") && first.html.contains("<strong>today</strong>"),
            "{first:?}"
        );
        let id = format!("{name}.1@{CUSTOMERS}");
        let from = format!("=?UTF-8?Q?Jo=C3=A3o?= <{me}>");
        street.send(&me, &first.reply_to, &client(&Answer { read: &first, from: &from, words: WORDS, id: &id }), false).await;
        let words = street.words(&ticket, 2).await;
        let answer = &words[1];
        assert_eq!(lines(&answer.text), lines(WORDS), "{name}: what is new in it, and nothing else: {answer:#?}");
        let quoted = answer.quoted.as_deref().unwrap_or_default();
        assert!(quoted.contains("tracking"), "{name}: the quote is folded, not thrown away: {quoted:?}");
        assert!(matches!(&answer.author, Author::Contact { name, .. } if name == "João" || *name == me), "{:?}", answer.author);
        assert_eq!((answer.channel, answer.mark), (Channel::Email, None), "{name}");
        let pictures = usize::from(matches!(name, "apple" | "phone"));
        assert_eq!(answer.attachments.len(), pictures, "{name}: {:?}", answer.attachments);
        // and once more to and fro: what comes back belongs to what they wrote
        street.reply(&ticket, "It is on its way.").await;
        let second = street.read(name, 2).await;
        assert!(second.dkim && second.in_reply_to == format!("<{id}>"), "{name}: {second:?}");
        assert!(second.references.contains(&first.message_id), "{name}: {}", second.references);
        assert_eq!(second.subject, "Re: Olá: a sua encomenda nº 12");
        let again = Answer { read: &second, from: &from, words: "Chegou. Até logo!", id: &format!("{name}.2@{CUSTOMERS}") };
        street.send(&me, &second.reply_to, &client(&again), false).await;
        assert_eq!(lines(&street.words(&ticket, 4).await[3].text), ["Chegou. Até logo!"], "{name}");
    }
    assert_eq!(street.tickets().await, CLIENTS.len(), "no ticket beside those");
    drop(street.world);
}
