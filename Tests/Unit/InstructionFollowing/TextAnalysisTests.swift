// Sentences, words and languages of texts made by hand, beside what nltk 3.9.1 and langdetect 1.0.9 with seed 0
// say of them. RecordedIFEval holds the many that models wrote.

import InstructionFollowingCore
import Testing

struct TextAnalysisTests {
  @Test(
    arguments: [
      ("One. Two! Three?", 3),
      ("Mr. Smith met Dr. Jones at 5 p.m. on Jan. 5.", 1),
      ("He paid 3.50 dollars. It was 1,000.5 too much.", 2),
      ("J. R. R. Tolkien wrote it. C. S. Lewis did not.", 2),
      ("Wait... what? Well... No. And so on . . . The end.", 6),
      ("\"Stop!\" he said. \"Why?\" (She left.) They stayed.", 5),
      ("“Stop!” he said. ‘Why?’ she asked.", 2),
      ("He lives in the U.S. He works. He lives in the U.S. and works.", 3),
      ("It was No. 5 on the list. See p. 12 for more.", 3),
      ("i.e. this, e.g. that, etc. And then more.", 4),
      ("这是第一句。这是第二句！第三句？", 1),
      ("Hi 😀. Bye 👋! Ok", 3),
      ("1. First item\n2. Second item\n3. Third", 4),
      ("Items:\n* one.\n* two.\n* three", 3),
      ("Version 2.0.1 is out! Get it at example.com. Now.", 3),
      ("What?! No way!!! Really?", 3),
      ("ends without a stop", 1),
      ("...", 1),
      ("Ph.D. students wait. A Ph.D. is long.", 2),
      ("He said so.She agreed.They left.", 1),
      ("See Fig. 3. It shows. Sept. 5 came. In Sept. However it rained.", 6),
      ("Hello.\n\nWorld.\n\n\n", 2),
      ("a ) b. ) c. ] D.", 2),
      ("It ended. -- Then more. --No.", 3),
    ] as [(String, Int)])
  func `sentences end where the official splitter ends them`(text: String, count: Int) {
    #expect(SentenceSplitter().count(ResponseText(text)) == count)
  }

  @Test(
    arguments: [
      ("NASA and the U.S. Army (USA) met.", 3),
      ("I CANNOT GO. I CAN'T.", 7),
      ("A-B-C D/E F_G", 3),
      ("IT'S 'TWAS DON'T O'CLOCK", 7),
      ("HELLO!HELLO", 2),
      ("\"WORD\", “WORD” and «WORD»", 3),
      ("GIMME GONNA WANNA GOTTA", 8),
      ("R2D2 B2B 4K 10", 3),
      ("É ÀB ΣΑΣ ДА 日本 İ", 5),
      ("X.Y.Z. and A...B", 3),
      ("X--Y X-Y", 3),
      ("WE'LL WE'RE YOU'VE DOGS' ", 7),
      ("THE END", 2),
      ("Mixed Case Only", 0),
      ("A;B A:B A,B A@B", 8),
    ] as [(String, Int)])
  func `words in capitals are those of the official tokenizer`(text: String, count: Int) throws {
    let arguments = #"{"capital_frequency":0,"capital_relation":"at least"}"#
    let finding = try Judging.check("change_case:capital_word_frequency", arguments, text)
    #expect(finding.found == "\(count) words in capitals")
  }

  @Test(
    arguments: [
      ("en", "The ferry leaves the harbour at noon and returns before dark."),
      ("es", "El tren de la mañana llega siempre tarde cuando llueve."),
      ("pt", "O gato dormiu a tarde inteira em cima da janela da cozinha."),
      ("ar", "وصل القطار إلى المدينة في الصباح الباكر."),
      ("hi", "रेलगाड़ी सुबह जल्दी शहर में पहुँच गई और सब लोग उतर गए।"),
      ("fr", "Le boulanger ouvre sa boutique chaque matin avant six heures."),
      ("ru", "Поезд прибыл в город рано утром, и все вышли на перрон."),
      ("de", "Der Zug fährt jeden Morgen um sieben Uhr von hier ab."),
      ("ja", "電車は毎朝七時にこの駅を出発します。"),
      ("it", "Il gatto dorme tutto il giorno sulla sedia vicino alla finestra."),
      ("bn", "ট্রেনটি ভোরে শহরে পৌঁছেছে এবং সবাই নেমে গেছে।"),
      ("uk", "Потяг прибув до міста рано вранці, і всі вийшли на перон."),
      ("th", "รถไฟมาถึงเมืองในตอนเช้าตรู่และทุกคนก็ลงจากรถ"),
      ("ur", "ٹرین صبح سویرے شہر پہنچی اور سب لوگ اتر گئے۔"),
      ("ta", "ரயில் அதிகாலையில் நகரத்தை அடைந்தது, அனைவரும் இறங்கினர்."),
      ("te", "రైలు తెల్లవారుజామున నగరానికి చేరుకుంది, అందరూ దిగారు."),
      ("bg", "Влакът пристигна в града рано сутринта и всички слязоха."),
      ("ko", "기차는 이른 아침에 도시에 도착했고 모두 내렸습니다."),
      ("pl", "Pociąg przyjechał do miasta wcześnie rano i wszyscy wysiedli."),
      ("he", "הרכבת הגיעה לעיר מוקדם בבוקר וכולם ירדו."),
      ("fa", "قطار صبح زود به شهر رسید و همه پیاده شدند."),
      ("vi", "Tàu đến thành phố vào sáng sớm và mọi người đều xuống."),
      ("ne", "रेल बिहान सबेरै सहरमा आइपुग्यो र सबै जना ओर्लिए।"),
      ("sw", "Treni iliwasili mjini asubuhi na mapema na watu wote wakashuka."),
      ("kn", "ರೈಲು ಮುಂಜಾನೆ ನಗರವನ್ನು ತಲುಪಿತು ಮತ್ತು ಎಲ್ಲರೂ ಇಳಿದರು."),
      ("mr", "रेल्वे पहाटे शहरात पोहोचली आणि सर्वजण खाली उतरले."),
      ("gu", "ટ્રેન વહેલી સવારે શહેરમાં પહોંચી અને બધા ઉતરી ગયા."),
      ("pa", "ਰੇਲਗੱਡੀ ਸਵੇਰੇ ਸ਼ਹਿਰ ਪਹੁੰਚੀ ਅਤੇ ਸਾਰੇ ਲੋਕ ਉਤਰ ਗਏ।"),
      ("ml", "തീവണ്ടി അതിരാവിലെ നഗരത്തിലെത്തി, എല്ലാവരും ഇറങ്ങി."),
      ("fi", "Juna saapui kaupunkiin aikaisin aamulla ja kaikki nousivat pois."),
      ("zh-cn", "火车清晨到达城市，所有人都下了车。"),
      ("zh-tw", "火車清晨到達城市，所有人都下了車。"),
      ("en", "THE FERRY LEAVES AT NOON."),
      ("en", "See https://example.org/a/b and write to joe@example.org"),
      (nil, "12 + 30 = 42 !!!"),
      ("vi", "Ta\u{300}u đe\u{301}n tha\u{300}nh phố va\u{300}o sa\u{301}ng sớm"),
      ("mk", "Write: Привет мир, как дела? OK"),
      ("tl", "a"),
      (nil, "😀 👍"),
    ] as [(String?, String)])
  func `the language is the official detector's with seed 0, every time`(
    code: String?, text: String
  ) {
    let expected: LanguageDetector.Answer = code.map { .code($0) } ?? .none
    for _ in 0..<2 {
      #expect(Judging.resources.languageDetector.language(of: ResponseText(text)) == expected)
    }
  }
}
