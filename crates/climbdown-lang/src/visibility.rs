//! Who sees a variable.

use crate::scenario::{ActorId, SeatId, Visibility};

/// Whether the actor sees it, whatever seats it holds.
pub(crate) fn sees(visibility: &Visibility, actor: ActorId) -> bool {
    match visibility {
        Visibility::Everybody => true,
        Visibility::Only { actors, .. } => actors.contains(&actor),
    }
}

/// Whether whoever decides for the seat sees it, given who can hold the seat.
pub(crate) fn seen_from(visibility: &Visibility, seat: SeatId, occupants: &[ActorId]) -> bool {
    match visibility {
        Visibility::Everybody => true,
        Visibility::Only { actors, seats } => {
            seats.contains(&seat) || occupants.iter().all(|a| actors.contains(a))
        }
    }
}

/// Whether this one actor sees it and nobody else.
pub(crate) fn only(visibility: &Visibility, actor: ActorId) -> bool {
    match visibility {
        Visibility::Everybody => false,
        Visibility::Only { actors, seats } => {
            seats.is_empty() && actors.iter().all(|a| *a == actor)
        }
    }
}

/// An actor and those who know what it knows.
pub(crate) fn private(owner: ActorId, known_to: Vec<ActorId>) -> Visibility {
    let mut actors = vec![owner];
    for actor in known_to {
        if !actors.contains(&actor) {
            actors.push(actor);
        }
    }
    Visibility::Only { actors, seats: Vec::new() }
}

/// Nobody.
pub(crate) fn nobody() -> Visibility {
    Visibility::Only { actors: Vec::new(), seats: Vec::new() }
}
