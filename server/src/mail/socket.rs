//! Where those who bring mail come in: a port, or a socket in the file system for a mail server of this machine. Moves no mail.

use std::{io, net::IpAddr, path::Path};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};

/// Bytes to and from a peer, with TLS or without.
pub trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// A place to listen at.
pub enum Socket {
    /// A port.
    Port(TcpListener),
    /// A file.
    File(UnixListener),
}

impl From<TcpListener> for Socket {
    fn from(listener: TcpListener) -> Self {
        Self::Port(listener)
    }
}

impl From<UnixListener> for Socket {
    fn from(listener: UnixListener) -> Self {
        Self::File(listener)
    }
}

impl Socket {
    /// The next one who comes, and from which address, if there is one.
    pub async fn accept(&self) -> io::Result<(Box<dyn Line>, Option<IpAddr>)> {
        match self {
            Self::Port(listener) => {
                let (stream, peer) = listener.accept().await?;
                let _ = stream.set_nodelay(true);
                Ok((Box::new(stream), Some(peer.ip().to_canonical())))
            }
            Self::File(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Box::new(stream), None))
            }
        }
    }
}

/// Listens at a file; one that a process left behind which listens no more is replaced. Whoever may enter its folder may come in.
pub fn bind(file: &Path) -> io::Result<UnixListener> {
    use std::os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _},
        net::UnixStream,
    };
    let is_left = std::fs::symlink_metadata(file).is_ok_and(|known| known.file_type().is_socket());
    if is_left && UnixStream::connect(file).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
        std::fs::remove_file(file)?;
    }
    let listener = UnixListener::bind(file)?;
    // a mail server runs as another user
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}
