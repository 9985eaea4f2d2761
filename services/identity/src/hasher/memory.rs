//! Argon2 in memory that is used again. An allocator keeps for each thread what a hash has freed, so that memory taken anew for each
//! would stay behind a burst of log-ins as often as there were threads.

use std::cell::RefCell;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{CustomizedPasswordHasher, Result};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// The memory of one hash at a time.
#[derive(Default)]
pub struct Memory(RefCell<Vec<Block>>);

impl CustomizedPasswordHasher<PasswordHash> for Memory {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm: Algorithm = algorithm
            .map(TryInto::try_into)
            .transpose()?
            .unwrap_or_default();
        let version: Version = version
            .map(TryInto::try_into)
            .transpose()?
            .unwrap_or_default();
        let salt = Salt::new(salt)?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut blocks = self.0.borrow_mut();
        if blocks.len() < params.block_count() {
            blocks.resize(params.block_count(), Block::new());
        }
        let described = ParamsString::try_from(&params)?;
        let argon2 = Argon2::new(algorithm, version, params);
        let mut output = vec![0; length];
        argon2.hash_password_into_with_memory(password, &salt, &mut output, &mut *blocks)?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: described,
            salt: Some(salt),
            hash: Some(Output::new(&output)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    const PASSWORD: &[u8] = b"walnut ladder teacup";

    /// What Argon2 itself makes of a password, its memory fresh.
    fn fresh(memory: u32) -> PasswordHash {
        let params = Params::new(memory, 2, 1, None).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password(PASSWORD).unwrap()
    }

    #[test]
    fn id_7_used_memory_changes_no_hash_whatever_its_cost() {
        let memory = Memory::default();

        for cost in [4_096, 1_024, 8_192, 1_024] {
            let hash = fresh(cost);
            assert!(memory.verify_password(PASSWORD, &hash).is_ok(), "{cost}");
            assert!(memory.verify_password(b"walnut", &hash).is_err(), "{cost}");
        }
    }
}
