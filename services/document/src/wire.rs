//! Documents as the wire has them.

use proto::document::v1 as pb;

use crate::app::Link;
use crate::domain::{Category, Document, State};
use crate::inspect::FileType;

impl From<Document> for pb::Document {
    fn from(document: Document) -> Self {
        let Document {
            id,
            case_id,
            name,
            category,
            media_type,
            size,
            sha256,
            state,
            from_ombudsman,
            added_by,
            added_at,
            same_as,
            same_as_name,
            withdrawal_reason,
            version,
        } = document;
        Self {
            id: id.to_string(),
            case_id: case_id.to_string(),
            name,
            category: pb::DocumentCategory::from(category).into(),
            category_label: category.label().to_owned(),
            type_label: FileType::of(&media_type)
                .map_or("File", FileType::label)
                .to_owned(),
            media_type,
            size,
            sha256: hex::encode(sha256),
            state: pb::DocumentState::from(state).into(),
            state_label: state.label().to_owned(),
            from_ombudsman,
            added_by,
            added_at: Some(kit::time::timestamp(added_at)),
            same_as_document_id: same_as.map(|id| id.to_string()).unwrap_or_default(),
            same_as_name: same_as_name.unwrap_or_default(),
            withdrawal_reason: withdrawal_reason.unwrap_or_default(),
            version,
        }
    }
}

impl From<Link> for pb::DownloadLink {
    fn from(link: Link) -> Self {
        Self {
            token: link.token,
            expires_at: Some(kit::time::timestamp(link.expires_at)),
        }
    }
}

impl From<Category> for pb::DocumentCategory {
    fn from(category: Category) -> Self {
        match category {
            Category::ComplaintCorrespondence => Self::ComplaintCorrespondence,
            Category::ComplaintResponse => Self::ComplaintResponse,
            Category::Evidence => Self::Evidence,
            Category::Policy => Self::Policy,
            Category::PropertyRecord => Self::PropertyRecord,
            Category::Compliance => Self::Compliance,
            Category::Other => Self::Other,
        }
    }
}

/// A category from the wire; `None` when none is given.
pub fn category(category: pb::DocumentCategory) -> Option<Category> {
    match category {
        pb::DocumentCategory::Unspecified => None,
        pb::DocumentCategory::ComplaintCorrespondence => Some(Category::ComplaintCorrespondence),
        pb::DocumentCategory::ComplaintResponse => Some(Category::ComplaintResponse),
        pb::DocumentCategory::Evidence => Some(Category::Evidence),
        pb::DocumentCategory::Policy => Some(Category::Policy),
        pb::DocumentCategory::PropertyRecord => Some(Category::PropertyRecord),
        pb::DocumentCategory::Compliance => Some(Category::Compliance),
        pb::DocumentCategory::Other => Some(Category::Other),
    }
}

impl From<State> for pb::DocumentState {
    fn from(state: State) -> Self {
        match state {
            State::Checking => Self::Checking,
            State::Available => Self::Available,
            State::Quarantined => Self::Quarantined,
            State::Withdrawn => Self::Withdrawn,
        }
    }
}

/// A state from the wire; `None` when none is given.
pub fn state(state: pb::DocumentState) -> Option<State> {
    match state {
        pb::DocumentState::Unspecified => None,
        pb::DocumentState::Checking => Some(State::Checking),
        pb::DocumentState::Available => Some(State::Available),
        pb::DocumentState::Quarantined => Some(State::Quarantined),
        pb::DocumentState::Withdrawn => Some(State::Withdrawn),
    }
}
