//! Where mails lie in an archive, and when they were written: a few numbers for each, so that an archive of any size is read mail by
//! mail, in the order of their dates. Knows bytes; what a mail means is `mail`'s.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::PathBuf,
    sync::Arc,
};

use model::Moment;

/// Most bytes of a mail.
const MAIL_MOST: u64 = 100 << 20;
/// Most bytes of a header block that are looked through.
pub const HEAD_MOST: usize = 64 << 10;

/// A mail in an archive.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<PathBuf>,
    /// Where in it.
    pub at: u64,
    /// Bytes, as they stand there.
    pub size: u64,
    /// When it was written by its header; none when that says nothing that can be read.
    pub date: Option<Moment>,
    /// When it was kept, as the archive tells it.
    pub kept: Option<Moment>,
    /// How its bytes are written there.
    pub written: Written,
}

/// How a mail's bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As they are.
    Plain,
    /// Lines that begin with `From ` have a `>` before (mboxo, mboxrd).
    Mbox,
}

/// What an archive has.
#[derive(Debug, Default)]
pub struct Found {
    /// Its mails.
    pub places: Vec<Place>,
    /// Those that were thrown away, or never sent, in the program that wrote it.
    pub discarded: usize,
}

impl Place {
    /// The mail, as it went over the wire.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        if self.size > MAIL_MOST {
            return Err(format!("it is larger than {} MB", MAIL_MOST >> 20));
        }
        let bytes = self.bytes().map_err(|error| format!("it cannot be read: {error}"))?;
        Ok(match self.written {
            Written::Plain => bytes,
            Written::Mbox => super::mbox::unquoted(bytes),
        })
    }

    fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.file.as_ref())?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut bytes = vec![];
        file.take(self.size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.written == Written::Mbox { write!(f, ", at byte {}", self.at) } else { Ok(()) }
    }
}
