//! Areas of rectangles (and, with the feature `round`, of circles).

/// Width times height.
///
/// ```
/// assert_eq!(shapes::area(2, 3), 6);
/// ```
pub fn area(width: u32, height: u32) -> u32 {
    width * height
}

/// Twice the sum.
///
/// ```
/// let edges = shapes::outline(2, 3);
/// assert_eq!(edges, 10);
/// ```
pub fn outline(width: u32, height: u32) -> u32 {
    2 * (width + height)
}

#[cfg(feature = "round")]
pub fn circle(radius: f64) -> f64 {
    std::f64::consts::PI * radius * radius
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_of_square() {
        let side = 4;
        let found = area(side, side);
        assert_eq!(found, 16);
    }

    #[test]
    fn area_of_square_of_nothing() {
        assert_eq!(area(0, 0), 0);
    }

    #[test]
    fn works() {
        assert_eq!(outline(1, 1), 4);
    }

    #[cfg(feature = "round")]
    #[test]
    fn circle_is_round() {
        assert!(circle(1.0) > 3.0);
    }
}
