//! Certificates from files, for pages and for mail. Says which file is wrong; knows no connection.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{ServerConfig, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// Makes the one provider of cryptography known; a second call changes nothing.
pub fn prepare() {
    let _ = aws_lc_rs::default_provider().install_default();
}

/// How to serve TLS with a certificate chain and its key. `protocols`: what is offered by ALPN.
pub fn server(files: &(PathBuf, PathBuf), protocols: &[&str]) -> Result<Arc<ServerConfig>, String> {
    prepare();
    let (certificate, key) = files;
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect).map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err(format!("{}: holds no certificate (PEM)", certificate.display()));
    }
    let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key_der)
        .map_err(|error| format!("{} and {}: {error}", certificate.display(), key.display()))?;
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

fn wrong(path: &Path, error: &rustls_pki_types::pem::Error) -> String {
    format!("{}: {error}", path.display())
}
