import Events

extension Publisher {
    /// A publisher that only notes what it is given.
    static func recording(_ emissions: Emissions) -> Publisher {
        Publisher { event, rooms, payload in emissions.add(event, rooms, payload) }
    }
}
