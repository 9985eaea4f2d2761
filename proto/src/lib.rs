//! The contract: messages, clients and servers generated from the `.proto` files, and their descriptors.
#![expect(
    missing_docs,
    clippy::allow_attributes,
    clippy::large_enum_variant,
    clippy::pedantic,
    reason = "generated; the protos hold the documentation"
)]

/// The descriptors of every file, with options and comments: for reflection, access rules and JSON.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));

macro_rules! package {
    ($name:ident, $package:literal) => {
        pub mod $name {
            pub mod v1 {
                tonic::include_proto!($package);
            }
        }
    };
}

package!(access, "casework.access.v1");
package!(case, "casework.case.v1");
package!(clock, "casework.clock.v1");
package!(document, "casework.document.v1");
package!(edge, "casework.edge.v1");
package!(identity, "casework.identity.v1");
package!(messaging, "casework.messaging.v1");
package!(notification, "casework.notification.v1");
package!(operations, "casework.operations.v1");
package!(service_complaint, "casework.service_complaint.v1");
package!(task, "casework.task.v1");
