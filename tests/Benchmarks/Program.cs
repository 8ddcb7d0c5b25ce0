using PluginMail.Benchmarks;
using PluginMail.Benchmarks.Measuring;

// dotnet run -c Release --project tests/Benchmarks -- NAME [options]
(string Name, string What, Func<BenchmarkOptions, Task> Run)[] benchmarks =
[
    ("mime", "reading the structure of messages", MimeBenchmark.RunAsync),
    ("dkim", "signing and verifying messages of 4 KiB and 1 MiB", MailAuthBenchmark.RunAsync),
    ("roles", "what no-op plugin roles add to a message", RolesBenchmark.RunAsync),
    ("reload", "how long sessions wait because a plugin is replaced", ReloadBenchmark.RunAsync),
    ("filters", "compiling and running filters of 10, 100 and 1,000 rules, and beside Pigeonhole", FiltersBenchmark.RunAsync),
    ("preview", "filter preview, apply and undo on a folder of 100,000 messages", PreviewBenchmark.RunAsync),
    ("dns", "look-ups: in the cache, and asked of a server on loopback", DnsBenchmark.RunAsync),
    ("signin", "sign-ins, remembered and not", SignInBenchmark.RunAsync),
    ("message", "a message of 4 KiB from session to disk: time and allocations", MessageBenchmark.RunAsync),
    ("outbound", "messages of 4 KiB to Postfix's smtp-sink", OutboundBenchmark.RunAsync),
    ("queue", "a queue of 100,000 messages: start, list, memory, and sending them all", QueueBenchmark.RunAsync),
    ("dlp", "mail of 100 kB against the fingerprints of 10,000 documents, 1 GB of text", DlpBenchmark.RunAsync),
    ("storage", "commits by many callers, and a large folder", StorageBenchmark.RunAsync),
];

var chosen = args.Length == 0 ? default : Array.Find(benchmarks, benchmark => benchmark.Name == args[0]);
if (chosen.Run is null || BenchmarkOptions.TryParse(args.AsSpan(1)) is not { } options)
{
    await Console.Error.WriteLineAsync("usage: Benchmarks NAME [--quick] [--rounds N] [--OPTION VALUE ...]");
    foreach (var (name, what, _) in benchmarks)
    {
        await Console.Error.WriteLineAsync($"  {name,-8} {what}");
    }

    return 2;
}

#if DEBUG
await Console.Error.WriteLineAsync("not an optimised build: the figures mean nothing; run with -c Release");
#endif
await chosen.Run(options);
return 0;
