// Inlines at several depths, templates, exceptions, virtual calls: its lines are compared with those of other tools, and its CPU time is profiled.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

volatile unsigned long sink;

static inline __attribute__((always_inline)) unsigned long innermost(unsigned long x) {
    return x * 2654435761UL ^ (x >> 7);
}

static inline __attribute__((always_inline)) unsigned long middle(unsigned long x) {
    unsigned long y = innermost(x);
    return y + innermost(y);
}

struct Shape {
    virtual ~Shape() = default;
    virtual unsigned long area(unsigned long n) const = 0;
};

namespace shapes {
struct Square : Shape {
    __attribute__((noinline)) unsigned long area(unsigned long n) const override {
        unsigned long sum = 0;
        for (unsigned long i = 0; i < n; i++) {
            sum += middle(i);
            sink = sum;
        }
        return sum;
    }
};

template <typename T>
__attribute__((noinline)) T fold(const std::vector<T> &values) {
    T sum = 0;
    for (const T &value : values) {
        sum += static_cast<T>(middle(static_cast<unsigned long>(value)));
    }
    return sum;
}
}  // namespace shapes

__attribute__((noinline)) static int risky(int n) {
    if (n % 17 == 3) {
        throw std::runtime_error("no " + std::to_string(n));
    }
    return n;
}

__attribute__((noinline)) static unsigned long words(unsigned long n) {
    std::map<std::string, int> counts;
    for (unsigned long i = 0; i < n; i++) {
        counts["word" + std::to_string(innermost(i) % 97)]++;
    }
    std::vector<int> values;
    for (const auto &entry : counts) {
        values.push_back(entry.second);
    }
    std::sort(values.begin(), values.end(), [](int a, int b) { return a > b; });
    return values.empty() ? 0 : values[0];
}

int main(int argc, char **argv) {
    shapes::Square square;
    const Shape *shape = &square;
    bool forever = argc > 1 && !strcmp(argv[1], "forever");
    printf("ready\n");
    fflush(stdout);
    do {
        sink = sink + shape->area(200000);
        sink = sink + shapes::fold(std::vector<unsigned long>(20000, 7));
        sink = sink + shapes::fold(std::vector<double>(20000, 7.5));
        sink = sink + words(3000);
        for (int i = 0; i < 50; i++) {
            try {
                sink = sink + risky(i);
            } catch (const std::exception &e) {
                sink = sink + strlen(e.what());
            }
        }
    } while (forever);
    return 0;
}
