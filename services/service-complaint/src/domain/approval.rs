//! What only a senior colleague decides, and never about one's own request.

use uuid::Uuid;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Matter {
    /// More time than the investigator may give (4.4, 4.17).
    FurtherExtension,
    /// An exclusion for behaviour (2.9).
    BehaviourExclusion,
}

/// A request that waits for a senior colleague.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// What is asked for.
    pub matter: Matter,
    /// Who asks.
    pub asked_by: Uuid,
    /// Why.
    pub reason: String,
}

/// That a senior colleague agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The request.
    pub request: Request,
    /// Who agreed.
    pub approved_by: Uuid,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colleague {
    /// The account.
    pub account_id: Uuid,
    /// Whether this is a senior colleague.
    pub senior: bool,
}

/// Why an approval is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// Nobody approves what they asked for themselves.
    #[error("nobody approves their own request")]
    OwnRequest,
    /// The person is no senior colleague (4.4, 4.17, 2.9).
    #[error("a senior colleague approves this")]
    NotSenior,
}

/// Approves a request.
pub fn approve(request: Request, by: Colleague) -> Result<Approval, ApprovalError> {
    may_decide(&request, by)?;
    Ok(Approval {
        request,
        approved_by: by.account_id,
    })
}

/// Whether somebody may approve or refuse a request.
pub fn may_decide(request: &Request, by: Colleague) -> Result<(), ApprovalError> {
    if request.asked_by == by.account_id {
        return Err(ApprovalError::OwnRequest);
    }
    if !by.senior {
        return Err(ApprovalError::NotSenior);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_by(account_id: Uuid) -> Request {
        Request {
            id: kit::id(),
            matter: Matter::FurtherExtension,
            asked_by: account_id,
            reason: "The caseworker is away until Monday.".to_owned(),
        }
    }

    #[test]
    fn sc_4_nobody_approves_their_own_request_however_senior() {
        let senior = Colleague {
            account_id: kit::id(),
            senior: true,
        };

        assert_eq!(
            approve(asked_by(senior.account_id), senior),
            Err(ApprovalError::OwnRequest)
        );
        assert!(approve(asked_by(kit::id()), senior).is_ok());
    }

    #[test]
    fn sc_4_a_colleague_who_is_not_senior_approves_nothing() {
        let colleague = Colleague {
            account_id: kit::id(),
            senior: false,
        };

        assert_eq!(
            approve(asked_by(kit::id()), colleague),
            Err(ApprovalError::NotSenior)
        );
    }
}
