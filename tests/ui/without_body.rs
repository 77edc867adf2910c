trait T {
    #[aimlm::track_operation]
    fn f(&self) -> u8;
}

fn main() {}
