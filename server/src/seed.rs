//! `recado seed`: asks the desk for a believable world, and says how to enter it.

use clap::Args;

use crate::{command::say, config::Config, serve::open};

/// How much of a world.
#[derive(Args)]
pub struct Wanted {
    /// Tickets.
    #[arg(long, default_value_t = 200)]
    tickets: u64,
    /// Chats.
    #[arg(long, default_value_t = 40)]
    chats: u64,
    /// Password of marta@aurora.example, when the database is empty. Default: a random one, printed.
    #[arg(long)]
    password: Option<String>,
}

/// Makes it.
pub async fn seed(config: Config, wanted: Wanted) -> Result<(), String> {
    let desk = open(&config).await?;
    let password = wanted.password.unwrap_or_else(|| desk::clock::secret().chars().take(16).collect());
    let begun = tokio::time::Instant::now();
    let told = |error| match error {
        desk::Error::Refused(refusal) => format!("the world cannot be made: {refusal}"),
        desk::Error::Fault(fault) => format!("the world cannot be made: {fault}"),
    };
    let grown = desk.seed(wanted.tickets, wanted.chats, &password).await.map_err(told)?;
    if grown.fresh {
        desk.furnish(&password).await.map_err(told)?;
    }
    say!(
        "{} tickets and {} chats with {} messages in {:.1} s, in the property {}.",
        wanted.tickets,
        wanted.chats,
        grown.messages,
        begun.elapsed().as_secs_f64(),
        grown.property
    );
    if grown.fresh {
        say!("Sign in at {} as marta@aurora.example with the password {password}", config.public_url);
    } else {
        say!("It went into the first property that was there; sign in as before.");
    }
    desk.close().await;
    Ok(())
}
