// Burns CPU below virtual calls, in a destructor while an exception passes, and in the unwinder of the C++ library itself.
#include <memory>
#include <stdexcept>
#include <vector>

volatile unsigned long sink;

__attribute__((noinline)) static void spin(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink = sink + i * i;
}

struct Shape {
	virtual ~Shape() = default;
	virtual void draw(int depth) = 0;
};

struct Guard {
	~Guard() { spin(2000); }
};

struct Leaf : Shape {
	__attribute__((noinline)) void draw(int depth) override
	{
		Guard guard;
		spin(500);
		if (depth % 3 == 0)
			throw std::runtime_error("as asked");
	}
};

struct Group : Shape {
	std::vector<std::unique_ptr<Shape>> parts;

	__attribute__((noinline)) void draw(int depth) override
	{
		Guard guard;
		for (auto &part : parts)
			part->draw(depth + 1);
	}
};

int main()
{
	Group root;
	for (int i = 0; i < 3; i++) {
		auto group = std::make_unique<Group>();
		for (int k = 0; k < 3; k++)
			group->parts.push_back(std::make_unique<Leaf>());
		root.parts.push_back(std::move(group));
	}
	for (int round = 0;; round++) {
		try {
			root.draw(round);
		} catch (const std::runtime_error &) {
			spin(100);
		}
	}
}
