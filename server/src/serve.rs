//! Starts Recado: database, mail in, mail out, the clock, pages; and ends it so that what was begun is finished.
//! Says plainly where to open it, and what is not set up yet.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use desk::{Clock, Desk, HashCost, Settings, VisitorLimits, db::Place};
use hyper_util::rt::TokioTimer;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    closing::{Closing, closed},
    command::say,
    config::Config,
    extract::Extractor,
    mail::{
        authenticate::Authenticator,
        dkim::Dkim,
        imap::{ImapIn, Manner},
        smtp_in::SmtpIn,
        smtp_out::SmtpOut,
        socket,
        worker::Worker,
        world::World,
    },
    push::Pusher,
    tls,
    web::{
        hub::Hub,
        router::{House, router},
    },
};

/// How long requests and letters on their way may take to end.
const FAREWELL: Duration = Duration::from_secs(20);

/// Serves until a signal says to end.
pub async fn serve(config: Config) -> Result<(), String> {
    tls::prepare();
    open_many_files();
    let config = Arc::new(config);
    let desk = open(&config).await?;
    let (close, closing) = watch::channel(false);
    let pages = bind(config.http.listen, "http.listen")?;
    let mut running = mail(&config, &desk, &closing)?;
    running.push(tokio::spawn(keep_time(desk.clone(), closing.clone())));
    running.push(tokio::spawn(follow_mail(desk.clone(), closing.clone())));
    desk.reads_files(Extractor::new()?);
    running.push(tokio::spawn(follow_search(desk.clone(), closing.clone())));
    running.push(tokio::spawn(follow_report(desk.clone(), closing.clone())));
    running.push(tokio::spawn(read_files(desk.clone(), closing.clone())));
    running.push(tokio::spawn(follow_batches(desk.clone(), closing.clone())));
    running.push(tokio::spawn(follow_contact_imports(desk.clone(), closing.clone())));
    greet(&config, &desk).await;
    let handle = axum_server::Handle::new();
    tokio::spawn(farewell(handle.clone(), close));
    let house = House::new(desk.clone(), config.clone(), closing.clone());
    running.push(tokio::spawn(follow_rules(desk.clone(), house.hub.clone(), closing.clone())));
    let pusher = Pusher::new(desk.clone(), house.hub.clone(), &config, closing).await?;
    running.push(tokio::spawn(pusher.run()));
    let served = answer(&config, pages, handle, router(house)).await;
    for task in running {
        let _ = tokio::time::timeout(FAREWELL, task).await;
    }
    desk.close().await;
    tracing::info!("closed");
    served.map_err(|error| format!("pages cannot be served: {error}"))
}

/// Each open tab and window is a file; a shell allows few, and more on request.
fn open_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current < maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::warn!(%error, "no more files than usual can be open at once, and so no more windows");
    }
}

/// Opens the desk as configured.
pub async fn open(config: &Config) -> Result<Desk, String> {
    std::fs::create_dir_all(&config.data).map_err(|error| {
        format!("the data folder {} cannot be made: {error}. Set RECADO_DATA to a folder you may write to.", config.data.display())
    })?;
    let place = match &config.database_url {
        Some(url) => Place::Postgres(url.clone()),
        None => Place::Sqlite(config.sqlite_file()),
    };
    let settings = Settings {
        place,
        data: config.data.clone(),
        mail_domain: config.mail.domain.clone(),
        public_url: config.public_url.clone(),
        undo: config.mail.undo,
        ticket_limits: config.mail.ticket_limits,
        clock: Clock::wall(),
        visitor_limits: VisitorLimits::default().times(config.visitor_limits),
        hash_cost: HashCost::default(),
    };
    Desk::open(settings).await.map_err(|error| {
        let what = config.database_url.as_ref().map_or_else(|| config.sqlite_file().display().to_string(), |url| without_password(url));
        format!("the database {what} cannot be opened: {error}")
    })
}

/// A database's address as it may be printed.
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => {
            let user = url[scheme + 3..at].split(':').next().unwrap_or_default();
            format!("{}{user}{}", &url[..scheme + 3], url[at..].split('?').next().unwrap_or_default())
        }
        _ => url.split('?').next().unwrap_or_default().to_owned(),
    }
}

fn bind(address: SocketAddr, key: &str) -> Result<std::net::TcpListener, String> {
    let listener = std::net::TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{address} is in use already, perhaps by another Recado. Choose another address with {key}.")
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("{address} may not be used by this user (ports below 1024 need a permission). Choose another with {key}.")
        }
        _ => format!("{address} cannot be used: {error}. Choose another with {key}."),
    })?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    Ok(listener)
}

fn mail(config: &Config, desk: &Desk, closing: &Closing) -> Result<Vec<JoinHandle<()>>, String> {
    let mail = &config.mail;
    let dkim = dkim(config)?;
    desk.connect(World::new(mail, dkim.as_ref()));
    let authenticator = Authenticator::new(mail.authenticate, mail.resolver, mail.trusted_authserv_id.clone(), &mail.domain)?;
    let mut running = vec![
        tokio::spawn(Worker::new(desk.clone(), authenticator, closing.clone()).run()),
        tokio::spawn(SmtpOut::new(desk.clone(), mail.relay.clone(), closing.clone()).signing(dkim).run()),
        tokio::spawn(ImapIn::new(desk.clone(), Manner::new(mail.max_size, mail.mailbox_ca_file.clone()), closing.clone()).run()),
    ];
    if mail.smtp_listen.is_none() && mail.lmtp_socket.is_none() {
        return Ok(running);
    }
    let acceptor = mail.tls.as_ref().map(|files| tls::server(files, &[]).map(TlsAcceptor::from)).transpose()?;
    let listener = SmtpIn::new(desk.clone(), mail.max_size, mail.connections, acceptor, closing.clone());
    if let Some(address) = mail.smtp_listen {
        let port = TcpListener::from_std(bind(address, "mail.smtp_listen")?).map_err(|error| error.to_string())?;
        running.push(tokio::spawn(listener.clone().listen(port)));
    }
    if let Some(file) = &mail.lmtp_socket {
        let socket = socket::bind(file)
            .map_err(|error| format!("{} cannot be listened at: {error}. Choose another file with mail.lmtp_socket.", file.display()))?;
        running.push(tokio::spawn(listener.listen(socket)));
    }
    Ok(running)
}

/// Our signature: with the key that is named, or with the usual one when it is there.
pub fn dkim(config: &Config) -> Result<Option<Arc<Dkim>>, String> {
    let file = config.dkim_key();
    if config.mail.dkim_key.is_none() && !file.is_file() {
        return Ok(None);
    }
    Dkim::load(&file, &config.mail.dkim_selector, &config.mail.domain).map(|dkim| Some(Arc::new(dkim)))
}

/// Wakes what sleeps until a moment.
async fn keep_time(desk: Desk, mut closing: Closing) {
    while !*closing.borrow() {
        if let Err(error) = desk.clock_tick().await {
            tracing::error!(%error, "what is due could not be woken");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

/// How long readers of mail and rules let what happens gather: they look at many words at once, and letters wait longer anyway.
const GATHER: Duration = Duration::from_millis(50);

/// Lets the mail reader follow the log: by the bell, and by a look each second.
async fn follow_mail(desk: Desk, mut closing: Closing) {
    let mut bell = desk.db().bell().any();
    while !*closing.borrow() {
        bell.mark_unchanged();
        if let Err(error) = desk.follow_mail().await {
            tracing::error!(%error, "letters could not be written; tried again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        tokio::select! {
            _ = bell.changed() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

/// How long readers that write one row for many events let these gather.
const ROWS_GATHER: Duration = Duration::from_millis(300);

/// Lets such a reader follow the log: by the bell, and by a look each second.
async fn follow<F>(desk: Desk, mut closing: Closing, fails: &'static str, read: impl Fn(Desk) -> F)
where
    F: Future<Output = desk::Result<bool>>,
{
    let mut bell = desk.db().bell().any();
    while !*closing.borrow() {
        bell.mark_unchanged();
        let begun = std::time::Instant::now();
        let more = read(desk.clone()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "{fails}; tried again");
            false
        });
        if more {
            // what is said now comes before what is found and counted: a quarter of the time at most, and less when others wait to write
            tokio::time::sleep(begun.elapsed() * 3).await;
            continue;
        }
        tokio::select! {
            _ = bell.changed() => tokio::time::sleep(ROWS_GATHER).await,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

/// Makes words found.
async fn follow_search(desk: Desk, closing: Closing) {
    follow(desk, closing, "words could not be made found", |desk| async move { desk.follow_search().await }).await;
}

/// Counts for reports.
async fn follow_report(desk: Desk, closing: Closing) {
    follow(desk, closing, "figures could not be counted", |desk| async move { desk.follow_report().await }).await;
}

/// Reads the files that wait for it, one after the other.
async fn read_files(desk: Desk, mut closing: Closing) {
    while !*closing.borrow() {
        match desk.read_file().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a file could not be read; tried again"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

/// Goes on with what agents began on many conversations: by a look each second, and with no pause while there is something to do.
async fn follow_batches(desk: Desk, mut closing: Closing) {
    while !*closing.borrow() {
        match desk.follow_batches().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "an act on several conversations stands still; tried again"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

/// Takes tables of contacts in, one after the other.
async fn follow_contact_imports(desk: Desk, mut closing: Closing) {
    while !*closing.borrow() {
        match desk.follow_contact_imports().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "a table of contacts stands still; tried again"),
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

/// Lets the rule reader follow the log and the time: by the bell, and by a look each second.
async fn follow_rules(desk: Desk, hub: Hub, mut closing: Closing) {
    let mut bell = desk.db().bell().any();
    while !*closing.borrow() {
        bell.mark_unchanged();
        match desk.follow_rules(&|property| hub.connected(property)).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "rules could not be looked at; tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        tokio::select! {
            _ = bell.changed() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = closed(&mut closing) => {}
        }
    }
}

async fn answer(
    config: &Config,
    listener: std::net::TcpListener,
    handle: axum_server::Handle,
    router: axum::Router,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Some(files) = &config.http.tls {
        let tls = tls::server(files, &["h2", "http/1.1"]).map_err(std::io::Error::other)?;
        let mut server = axum_server::from_tcp_rustls(listener, axum_server::tls_rustls::RustlsConfig::from_config(tls)).handle(handle);
        patience(server.http_builder());
        return server.serve(service).await;
    }
    let mut server = axum_server::from_tcp(listener).handle(handle);
    patience(server.http_builder());
    server.serve(service).await
}

/// Whoever sends its headers drop by drop is cut off.
fn patience(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(15));
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(200);
}

async fn farewell(handle: axum_server::Handle, close: watch::Sender<bool>) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("closing; what was begun is finished first");
    close.send_replace(true);
    handle.graceful_shutdown(Some(FAREWELL));
    // a second signal does not wait
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    handle.shutdown();
}

async fn greet(config: &Config, desk: &Desk) {
    say!("Recado {} is ready: open {}", env!("CARGO_PKG_VERSION"), config.public_url);
    if desk.vacant().await.unwrap_or(false) {
        say!("  It is empty: the first one to open it sets it up and becomes its admin.");
    }
    match &config.database_url {
        Some(url) => say!("  Database: {}", without_password(url)),
        None => say!("  Database: {} (SQLite)", config.sqlite_file().display()),
    }
    match config.mail.listens() {
        Some(places) => say!("  Mail in:  SMTP and LMTP at {places}, for addresses at {}", config.mail.domain),
        None => say!("  Mail in:  off (mail.smtp_listen is empty)"),
    }
    match &config.mail.relay {
        Some(relay) => say!("  Mail out: through {}:{}", relay.host, relay.port),
        None => say!("  Mail out: no relay (mail.relay.host); letters are kept and can be read under Admin → E-mail"),
    }
    if !config.site.join("pkg").is_dir() {
        say!("  The browser's files are missing in {}: pages work as plain forms only. `make serve` builds them.", config.site.display());
    }
}
