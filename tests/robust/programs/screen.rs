fn several(first_argument: u64, second_argument: u64, third: bool) -> u64 {
    let numbers = [first_argument, second_argument];
    let place = &numbers[1];
    *place + third as u64
}

fn main() {
    println!("{}", several(1000000, 2000000, true));
}
