// Burns CPU in named functions, generic ones and closures among them.
use std::collections::BTreeMap;
use std::hint::black_box;

#[inline(never)]
fn seventy(n: u64) -> u64 {
    (0..n).map(|i| black_box(i).wrapping_mul(i)).fold(0, u64::wrapping_add)
}

struct Words<T> {
    counts: BTreeMap<String, T>,
}

impl<T: Copy + Default + std::ops::AddAssign<T> + From<u8>> Words<T> {
    #[inline(never)]
    fn count(&mut self, n: usize) -> usize {
        for i in 0..n {
            *self.counts.entry("w".repeat(i % 13)).or_default() += T::from(1);
        }
        self.counts.len()
    }
}

fn main() {
    println!("ready");
    let mut words: Words<u32> = Words { counts: BTreeMap::new() };
    loop {
        black_box(seventy(1_000_000));
        black_box(words.count(1000));
        if std::env::args().len() < 2 {
            return;
        }
    }
}
