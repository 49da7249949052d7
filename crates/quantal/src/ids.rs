//! Small integer names, one type each, so that a node cannot index players.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the game's arrays.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of position `index`.
            ///
            /// # Panics
            /// When `index` does not fit in 32 bits; no game of this crate is that large.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("games have fewer than 2^32 parts"))
            }
        }
    };
}

id!(
    /// A player: position in [`crate::Graph::players`].
    PlayerId
);
id!(
    /// A node: position in topological order; the root is 0.
    NodeId
);
id!(
    /// An edge: position in the list of all edges, grouped by the node they leave.
    EdgeId
);
id!(
    /// An information set.
    InfosetId
);
id!(
    /// An action at an information set, numbered over the whole game.
    ActionId
);

/// Whose probabilities: a player's own, or those of the analyst, who looks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Viewer {
    /// The probabilities this player believes in.
    Player(PlayerId),
    /// The probabilities the outcome distribution uses.
    Analyst,
}
