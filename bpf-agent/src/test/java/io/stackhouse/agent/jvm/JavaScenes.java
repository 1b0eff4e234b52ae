package io.stackhouse.agent.jvm;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A target of tests: prints "ready" and does what its argument says until it is killed, at most two minutes. */
final class JavaScenes {
    private static final long END_NANOS = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);

    private JavaScenes() {}

    interface Shape {
        double area();
    }

    record Square(double side) implements Shape {
        @Override
        public double area() {
            return side * side;
        }
    }

    record Circle(double radius) implements Shape {
        @Override
        public double area() {
            return 3.14 * radius * radius;
        }
    }

    record Triangle(double base, double height) implements Shape {
        @Override
        public double area() {
            return base * height / 2;
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println("ready");
        long sum = args[0].equals("virtual") ? virtualThreads() : 0;
        while (System.nanoTime() < END_NANOS) {
            sum += switch (args[0]) {
                case "allocating" -> allocate();
                case "lambdas" -> lambdas();
                case "shares" -> shares();
                default -> compute() + throwing();
            };
        }
        System.out.println(sum);
    }

    static long compute() {
        Shape[] shapes = new Shape[300];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = i % 3 == 0 ? new Square(i) : i % 3 == 1 ? new Circle(i) : new Triangle(i, 2);
        }
        double total = 0;
        for (int round = 0; round < 100; round++) {
            for (Shape shape : shapes) {
                total += Math.sqrt(shape.area());
            }
        }
        return (long) total + fibonacci(18);
    }

    static int fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    static long throwing() {
        long length = 0;
        for (int i = 0; i < 10; i++) {
            try {
                fail(i);
            } catch (IllegalStateException e) {
                length += String.valueOf(e.getMessage()).length();
            }
        }
        return length;
    }

    private static void fail(int i) {
        throw new IllegalStateException("number " + i);
    }

    static long allocate() {
        List<byte[]> arrays = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            arrays.add(new byte[100 + i % 500]);
        }
        Map<Object, String> map = new LinkedHashMap<>();
        for (int i = 0; i < 1000; i++) {
            map.put(new Object(), "value" + i);
        }
        return arrays.size() + (long) map.size();
    }

    static long lambdas() {
        Map<Integer, Integer> sums = IntStream.range(0, 2000)
                .boxed()
                .map(x -> x * 3)
                .filter(x -> x % 2 == 0)
                .collect(Collectors.groupingBy(x -> x % 7, TreeMap::new, Collectors.summingInt(x -> x)));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            text.append("v=" + i + ";");
        }
        return sums.size() + (long) text.length();
    }

    private static long virtualThreads() throws ReflectiveOperationException, InterruptedException {
        // The method is newer than the release that tests are compiled for.
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            threads.add((Thread) start.invoke(null, (Runnable) JavaScenes::computeAndPark));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return threads.size();
    }

    static void computeAndPark() {
        long sum = 0;
        while (System.nanoTime() < END_NANOS) {
            sum += compute() + lambdas();
            parkDeepInside(20);
        }
        System.out.println(sum);
    }

    static int parkDeepInside(int depth) {
        if (depth == 0) {
            LockSupport.parkNanos(100_000);
            return 0;
        }
        return parkDeepInside(depth - 1) + 1;
    }

    /** Seven tenths of its time belong to the first line of the body, three to the second. */
    static long shares() {
        long sum = spin(70);
        return sum + spin(30);
    }

    static long spin(int rounds) {
        long sum = rounds;
        for (int i = 0; i < rounds; i++) {
            for (int k = 0; k < 20_000; k++) {
                sum = sum * 31 + k;
            }
        }
        return sum;
    }
}
