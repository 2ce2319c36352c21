//! Starts Recado: database, mail in, mail out, the clock, pages; and ends it so that what was begun is finished.
//! Says plainly where to open it, and what is not set up yet.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use desk::{Clock, Desk, HashCost, Settings, VisitorLimits, db::Place};
use hyper_util::rt::TokioTimer;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    background::{Background, Pace},
    closing::Closing,
    command::say,
    config::Config,
    extract::Extractor,
    import,
    mail::{
        authenticate::{Authenticator, Trusted},
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
    let mut background = Background::new(desk.clone(), closing.clone());
    mail(&mut background, &config, &desk, &closing)?;
    desk.reads_files(Extractor::new()?);
    greet(&config, &desk).await;
    let handle = axum_server::Handle::new();
    tokio::spawn(farewell(handle.clone(), close));
    let house = House::new(desk.clone(), config.clone(), closing.clone());
    follow(&mut background, house.hub.clone());
    archives(&mut background, &desk, config.archive_most, &closing);
    background.run(Pusher::new(desk.clone(), house.hub.clone(), &config, closing).await?.run());
    let served = answer(&config, pages, handle, router(house)).await;
    background.end(FAREWELL).await;
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
    let settings = Settings {
        place: place(config),
        data: config.data.clone(),
        mail_domain: config.mail.domain.clone(),
        public_url: config.public_url.clone(),
        undo: config.mail.undo,
        ticket_limits: config.mail.ticket_limits,
        clock: Clock::wall(),
        visitor_limits: VisitorLimits::default().times(config.visitor_limits),
        hash_cost: HashCost::default(),
    };
    Desk::open(settings).await.map_err(|error| format!("the database {} cannot be opened: {error}", name_of_database(config)))
}

/// Where its database is.
pub fn place(config: &Config) -> Place {
    match &config.database_url {
        Some(url) => Place::Postgres(url.clone()),
        None => Place::Sqlite(config.sqlite_file()),
    }
}

/// The database's file or address as it may be printed.
pub fn name_of_database(config: &Config) -> String {
    config.database_url.as_ref().map_or_else(|| config.sqlite_file().display().to_string(), |url| without_password(url))
}

fn without_password(url: &str) -> String {
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

/// Mail in and out.
fn mail(background: &mut Background, config: &Config, desk: &Desk, closing: &Closing) -> Result<(), String> {
    let mail = &config.mail;
    let dkim = dkim(config)?;
    desk.connect(World::new(config, dkim.as_ref()));
    let trusted = mail.trusted_authserv_id.clone().map(|id| Trusted { id, peers: mail.trusted_peers.clone() });
    let authenticator = Authenticator::new(mail.authenticate, mail.resolver, trusted, &mail.domain)?;
    background.run(Worker::new(desk.clone(), authenticator, closing.clone()).run());
    background.run(SmtpOut::new(desk.clone(), mail.relay.clone(), closing.clone()).signing(dkim).run());
    background.run(ImapIn::new(desk.clone(), Manner::new(mail.max_size, mail.mailbox_ca_file.clone()), closing.clone()).run());
    if mail.smtp_listen.is_none() && mail.lmtp_socket.is_none() {
        return Ok(());
    }
    let acceptor = mail.tls.as_ref().map(|files| tls::server(files, &[]).map(TlsAcceptor::from)).transpose()?;
    let listener = SmtpIn::new(desk.clone(), mail.max_size, mail.connections, acceptor, closing.clone());
    if let Some(address) = mail.smtp_listen {
        let port = TcpListener::from_std(bind(address, "mail.smtp_listen")?).map_err(|error| error.to_string())?;
        background.run(listener.clone().listen(port));
    }
    if let Some(file) = &mail.lmtp_socket {
        let socket = socket::bind(file)
            .map_err(|error| format!("{} cannot be listened at: {error}. Choose another file with mail.lmtp_socket.", file.display()))?;
        background.run(listener.listen(socket));
    }
    Ok(())
}

/// Our signature: with the key that is named, or with the usual one when it is there.
pub fn dkim(config: &Config) -> Result<Option<Arc<Dkim>>, String> {
    let file = config.dkim_key();
    if config.mail.dkim_key.is_none() && !file.is_file() {
        return Ok(None);
    }
    Dkim::load(&file, &config.mail.dkim_selector, &config.mail.domain).map(|dkim| Some(Arc::new(dkim)))
}

/// How long readers of mail and rules let what happens gather: they look at many words at once, and letters wait longer anyway.
const GATHER: Duration = Duration::from_millis(50);
/// How long readers that write one row for many events let these gather.
const ROWS_GATHER: Duration = Duration::from_millis(300);
/// How often time is looked at, and what was put off.
const TICK: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_secs(1);
/// How often a page of the contents that are kept is looked at, for those that no row names.
const SWEEP: Duration = Duration::from_secs(10);

/// What goes on from the log and from time.
fn follow(background: &mut Background, hub: Hub) {
    background.keep(Pace::Each(TICK), "what is due could not be woken", |desk| async move { desk.clock_tick().await.map(|_| false) });
    // what there may be more of is looked at after the pause too, when more has gathered
    background.keep(Pace::Log(GATHER), "letters could not be written", |desk| async move { desk.follow_mail().await.map(|_| false) });
    background.keep(Pace::Log(GATHER), "rules could not be looked at", move |desk| {
        let hub = hub.clone();
        async move { desk.follow_rules(&|property| hub.connected(property)).await }
    });
    background.keep(Pace::Behind(ROWS_GATHER), "words could not be made found", |desk| async move { desk.follow_search().await });
    background.keep(Pace::Behind(ROWS_GATHER), "figures could not be counted", |desk| async move { desk.follow_report().await });
    background.keep(Pace::Each(LOOK), "a file could not be read", |desk| async move { desk.read_file().await });
    background.keep(Pace::Each(LOOK), "an act on several conversations stands still", |desk| async move { desk.follow_batches().await });
    background.keep(Pace::Each(LOOK), "a table of contacts stands still", |desk| async move { desk.follow_contact_imports().await });
    background.keep(Pace::Each(LOOK), "the erasure of a person stands still", |desk| async move { desk.follow_erasures().await });
    background.keep(Pace::Each(SWEEP), "contents that nobody names are not taken away", |desk| async move { desk.sweep_blobs().await });
}

/// What admins brought from elsewhere.
fn archives(background: &mut Background, desk: &Desk, most: u32, closing: &Closing) {
    background.run(import::tidy(desk.clone()));
    let closing = closing.clone();
    background.keep(Pace::Each(LOOK), "an archive stands still", move |desk| import::follow(desk, most, closing.clone()));
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
