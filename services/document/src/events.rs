//! What others hear from documents. Names of files stay here.

use proto::document::v1::{DocumentAdded, DocumentQuarantined, DocumentWithdrawn};

use crate::domain::Document;

/// A document was added.
#[must_use]
pub fn added(document: &Document, actor: &str) -> DocumentAdded {
    DocumentAdded {
        document_id: document.id.to_string(),
        case_id: document.case_id.to_string(),
        from_ombudsman: document.from_ombudsman,
        actor: actor.to_owned(),
        added_at: Some(kit::time::timestamp(document.added_at)),
    }
}

/// Malware was found in a document.
#[must_use]
pub fn quarantined(document: &Document) -> DocumentQuarantined {
    DocumentQuarantined {
        document_id: document.id.to_string(),
        case_id: document.case_id.to_string(),
        from_ombudsman: document.from_ombudsman,
    }
}

/// A document was withdrawn.
#[must_use]
pub fn withdrawn(document: &Document, actor: &str) -> DocumentWithdrawn {
    DocumentWithdrawn {
        document_id: document.id.to_string(),
        case_id: document.case_id.to_string(),
        actor: actor.to_owned(),
    }
}
